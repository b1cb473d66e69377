import { isWalletAccount } from '@wardmesh/identity';
import type { Principal } from '../pipeline/call.ts';

/** Who is behind a call, for a log line: the agent or client, and the wallet that a person signed in with (CM-LOG-1). */
export function actorFields(principal: Principal | undefined): Readonly<Record<string, unknown>> {
  if (principal === undefined) return {};
  return {
    agent: principal.client ?? principal.id,
    ...(isWallet(principal.id) && { wallet: principal.id }),
  };
}

/** Agents' ids have no colon, so most calls are answered without parsing. */
function isWallet(id: string): boolean {
  return id.includes(':') && isWalletAccount(id);
}
