import type { Call, LayerOutcome } from '../pipeline/call.ts';
import type { OwnMethods } from '../pipeline/execute.ts';
import { deny } from '../protocol/errors.ts';
import type { Services } from '../services.ts';
import { discover } from './discover.ts';
import { initialize } from './initialize.ts';
import { listenAll } from './listen.ts';
import { listAll } from './lists.ts';
import { setLevelAll } from './set-level.ts';

/** What the gateway answers itself: handshakes and pings everywhere, and on the aggregate route what spans servers. */
export function ownMethods(services: Services): OwnMethods {
  return async (call: Call): Promise<LayerOutcome> => {
    switch (call.request.method) {
      case 'initialize':
        return initialize(call, services);
      case 'ping':
        return answer(call, {});
      case 'server/discover':
        return discover(call, services);
      case 'tools/list':
      case 'prompts/list':
      case 'resources/list':
      case 'resources/templates/list':
        return listAll(call, services);
      case 'logging/setLevel':
        return setLevelAll(call, services);
      case 'subscriptions/listen':
        return listenAll(call, services);
      default:
        return deny('METHOD_UNKNOWN', { hint: 'On /mcp this method needs a server: use /servers/ID/mcp.' });
    }
  };
}

export function answer(call: Call, result: NonNullable<object>): undefined {
  const complete = call.era === 'stateless' ? { resultType: 'complete', ...result } : result;
  call.response = { jsonrpc: '2.0', id: call.request.id, result: complete as never };
  return undefined;
}
