import { ACTIVITY } from './activity.ts';
import { APPROVALS } from './approvals.ts';
import { PASSKEYS } from './passkeys.ts';
import { PEOPLE } from './people.ts';
import { SERVERS } from './servers.ts';
import { SESSION } from './session.ts';
import { STATUS } from './status.ts';
import { WALLETS } from './wallets.ts';

/** Every route of the API, by operation id. */
export const ENDPOINTS = {
  ...SESSION,
  ...APPROVALS,
  ...ACTIVITY,
  ...SERVERS,
  ...PEOPLE,
  ...PASSKEYS,
  ...WALLETS,
  ...STATUS,
} as const;
export type Endpoints = typeof ENDPOINTS;
export type OperationId = keyof Endpoints;
