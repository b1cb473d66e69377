import type { Handlers } from '../handler.ts';
import { activityHandlers } from './activity.ts';
import { approvalHandlers } from './approvals.ts';
import { passkeyHandlers } from './passkeys.ts';
import { peopleHandlers } from './people.ts';
import { serverHandlers } from './servers.ts';
import { sessionHandlers } from './session.ts';
import { statusHandlers } from './status.ts';
import { walletHandlers } from './wallets.ts';

/** One handler for every endpoint; the types leave none out. */
export const HANDLERS: Handlers = {
  ...sessionHandlers,
  ...approvalHandlers,
  ...activityHandlers,
  ...serverHandlers,
  ...peopleHandlers,
  ...passkeyHandlers,
  ...walletHandlers,
  ...statusHandlers,
};
