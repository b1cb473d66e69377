import { parseAccountId } from '../account/caip.ts';
import { extentOf, type Permission, type Role, SELF_FORBIDDEN } from './matrix.ts';

/** Who acts, as far as roles are concerned. */
export interface Actor {
  /** Everything that is this one person or client: its id, its accounts (CAIP-10). Compared as exact texts. */
  readonly identities: readonly string[];
  readonly grants: readonly { readonly role: Role; readonly scope: string }[];
}

/** What is acted on. */
export interface Target {
  /** Whose it is: owner, author, requester. Any overlap with the actor's identities makes it the actor's own. */
  readonly owners?: readonly string[];
  /** `server:files`, `listing:42`: a grant with this scope covers it, as one with `*` does. */
  readonly scope?: string;
}

export type Permit =
  | { readonly allowed: true; readonly role: Role; readonly extent: 'any' | 'own' }
  | { readonly allowed: false; readonly reason: 'no role' | 'not own' | 'own' };

/** Whether an actor may do something. Total, without a clock: grants that expired are not handed in. */
export function permits(actor: Actor, permission: Permission, target: Target = {}): Permit {
  const { owners = [] } = target;
  if (SELF_FORBIDDEN.has(permission) && owners.some((owner) => actor.identities.some((id) => mayBeSame(id, owner)))) {
    return { allowed: false, reason: 'own' };
  }
  const isOwn = owners.some((owner) => actor.identities.includes(owner));
  let own: Role | undefined;
  for (const { role, scope } of actor.grants) {
    if (scope !== '*' && scope !== target.scope) continue;
    const extent = extentOf(permission, role);
    if (extent === 'any') return { allowed: true, role, extent };
    if (extent === 'own') own ??= role;
  }
  if (own === undefined) return { allowed: false, reason: 'no role' };
  return isOwn ? { allowed: true, role: own, extent: 'own' } : { allowed: false, reason: 'not own' };
}

/**
 * Whether two identities may be one: the same text, or one address on two chains of one kind, where one key holds both.
 * Good enough to forbid, not to allow: a contract's address can have another owner on another chain.
 */
function mayBeSame(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [parseAccountId(a), parseAccountId(b)];
  if (!first.ok || !second.ok || first.value.address !== second.value.address) return false;
  return first.value.chain.split(':')[0] === second.value.chain.split(':')[0];
}
