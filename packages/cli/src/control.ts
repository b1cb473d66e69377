import type { Context } from './context.ts';
import { ControlClient } from './control-client.ts';
import { assertHome } from './home-paths.ts';

/** The control client of the home. Whether a gateway runs shows at the first request. @throws CodedError HOME_MISSING */
export function controlOf(context: Context): ControlClient {
  return new ControlClient(assertHome(context.home).controlSocket);
}
