import { deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import type { Layer } from './call.ts';
import { receiptBody } from './receipt-body.ts';

/**
 * Layer 9. For all but read_only tools the intent is durable before anything happens: no log, no action (WM-RCP-2). A
 * process that dies after this leaves an intent that the next start closes as `unknown`.
 */
export function intendLayer(services: Services): Layer {
  return {
    name: 'intend',
    run(call) {
      if (call.target.kind !== 'tool' || call.target.tool.toolClass === 'read_only') return undefined;
      return services.audit
        .append({
          eventType: 'tool.intent',
          toolName: `${call.target.server}.${call.target.name}`,
          correlationId: call.correlationId,
          actor: { type: 'user', id: call.principal.id },
          operation: { name: 'tools/call', parameters: { hash: call.argumentsHash }, result: 'pending' },
          receipt: receiptBody(call, services, { status: 'pending' }),
        })
        .then(
          (entry) => {
            call.intent = entry.id;
            return undefined;
          },
          (error: unknown) => deny('AUDIT_UNAVAILABLE', { cause: error, detail: 'intent' }),
        );
    },
  };
}
