import { headers as rateHeaders } from '@wardmesh/limits';
import { deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Call, Layer } from './call.ts';
import { splitName } from './names.ts';

/**
 * Layer 4. The bucket of the call's tier (a tool's class decides the tier, XR-TOOL-1; everything else is a read), then a
 * place among the operations in flight (XR-EXEC-3). Lockout is checked with the token, one layer earlier.
 */
export function limitLayer(services: Services): Layer {
  return {
    name: 'limit',
    run(call) {
      const tier = tierOf(call, services);
      const rate = services.rates().consume(call.principal.id, tier, services.clock.now());
      call.rateHeaders = rateHeaders(rate);
      services.metrics.rate(tier, 1 - rate.remaining / rate.limit, !rate.allowed);
      if (!rate.allowed) {
        return deny('RATE_LIMITED', {
          ...(rate.retryAfter !== undefined && { retryAfter: rate.retryAfter }),
          data: { limit: rate.limit, remaining: rate.remaining, reset: Math.ceil(rate.resetAt / 1000) },
          detail: tier,
        });
      }
      // A subscription is open for hours; it has its own bound and takes no place among the operations.
      if (call.request.method === 'subscriptions/listen') return undefined;
      const concurrency = services.concurrency();
      const release = concurrency.tryAcquire(call.principal.id);
      if (release) {
        call.release = release;
        return undefined;
      }
      return concurrency.acquire(call.principal.id, call.reply.signal).then((late) => {
        call.release = late;
        return undefined;
      });
    },
  };
}

function tierOf(call: Call, services: Services): 'standard' | 'strict' | 'critical' {
  if (call.request.method !== 'tools/call') return 'standard';
  const name = call.request.params?.name;
  if (typeof name !== 'string') return 'strict';
  const target = call.route.kind === 'server' ? { server: call.route.server, name } : splitName(name);
  // What is not known counts as sensitive: guessing at names must not be cheap.
  return (target && services.catalogue.tool(target.server, target.name)?.tier) ?? 'strict';
}
