import { IdentityError } from '../error.ts';
import { CLOCK_SKEW, MAX_GRANT_LIFETIME, MAX_GRANTS } from '../limits.ts';
import {
  type GrantEvent,
  isOperator,
  isSigned,
  type RevokeEvent,
  roleEventHash,
  type SignedRoleEvent,
  signedRoleEventSchema,
} from './event.ts';
import type { Role } from './matrix.ts';

/** A grant in force. */
export interface Grant {
  readonly id: string;
  /** CAIP-10, or `agent:` or `client:` and an id. */
  readonly subject: string;
  readonly role: Role;
  readonly scope: string;
  /** ms since the epoch. */
  readonly expires?: number;
  readonly grantedBy: string;
  readonly grantedAt: number;
}

export type GrantFault =
  | 'malformed'
  | 'home'
  | 'sequence'
  | 'time'
  | 'lifetime'
  | 'id taken'
  | 'unknown grant'
  | 'not an admin'
  /** The operator key grants the admin role, and only while there is no admin. */
  | 'operator'
  | 'last admin'
  | 'signature'
  | 'too many';

export interface RoleLogRules {
  readonly home: string;
  /** `operator:` and 64 hex digits: the key of the home, which signs the first grant. */
  readonly operator: string;
}

/**
 * The roles of a home as a sequence of signed changes. State is what replaying them gives; a change that was not its
 * signer's to make, when it was signed, does not exist.
 */
export class RoleLog {
  readonly #rules: RoleLogRules;
  readonly #grants = new Map<string, Grant>();
  /** Those of {@link #grants} that make an admin. */
  readonly #admins = new Map<string, Grant>();
  readonly #ids = new Set<string>();
  #sequence = 0;
  #head: string | null = null;
  #time = 0;

  constructor(rules: RoleLogRules) {
    this.#rules = rules;
  }

  /** Changes so far; also the sequence of the next. */
  get length(): number {
    return this.#sequence;
  }

  /** What the next change names as `previous`. */
  get head(): string | null {
    return this.#head;
  }

  /** Every grant that was not revoked; also those that expired. */
  get grants(): readonly Grant[] {
    return [...this.#grants.values()];
  }

  /**
   * Verifies that a change could come next. @param at when its signer must be an admin: when it was signed, and for one
   * that is new, now too. @throws IdentityError IDENTITY_GRANT_REFUSED
   */
  check(signed: SignedRoleEvent, at?: number): void {
    const fault = this.#findFault(signed, at);
    if (fault !== undefined) throw grantRefused(fault);
  }

  /** Verifies and applies a change. @throws IdentityError IDENTITY_GRANT_REFUSED; then nothing changed */
  apply(signed: SignedRoleEvent): void {
    this.check(signed);
    const { event } = signed;
    if (event.type === 'grant') {
      this.#ids.add(event.id);
      const grant = toGrant(event);
      this.#grants.set(grant.id, grant);
      if (isAdminGrant(grant)) this.#admins.set(grant.id, grant);
    } else {
      this.#grants.delete(event.grant);
      this.#admins.delete(event.grant);
    }
    this.#sequence++;
    this.#head = roleEventHash(event);
    this.#time = Math.max(this.#time, event.time);
  }

  #findFault(signed: SignedRoleEvent, now?: number): GrantFault | undefined {
    if (!signedRoleEventSchema.safeParse(signed).success) return 'malformed';
    const { event } = signed;
    if (event.home !== this.#rules.home) return 'home';
    if (event.sequence !== this.#sequence || event.previous !== this.#head) return 'sequence';
    // Clocks of two admins differ a little; the chain gives the order, not the clock.
    if (event.time < this.#time - CLOCK_SKEW) return 'time';
    // The later of the two: a role that ended is not lent by dating a change back.
    const at = Math.max(event.time, now ?? event.time);
    const fault = event.type === 'grant' ? this.#findGrantFault(event, at) : this.#findRevokeFault(event, at);
    // Last: it is the dearest check.
    return fault ?? (isSigned(signed) ? undefined : 'signature');
  }

  #findGrantFault(event: GrantEvent, at: number): GrantFault | undefined {
    if (this.#ids.has(event.id)) return 'id taken';
    // Revocations are always taken; there are no more of them than grants.
    if (this.#ids.size >= MAX_GRANTS) return 'too many';
    if (event.expires !== undefined) {
      if (event.expires <= event.time || event.expires - event.time > MAX_GRANT_LIFETIME) return 'lifetime';
    }
    if (!isOperator(event.by)) return this.#isAdmin(event.by, at) ? undefined : 'not an admin';
    if (event.by !== this.#rules.operator) return 'operator';
    return event.role === 'admin' && event.scope === '*' && !this.#hasAdmin(at) ? undefined : 'operator';
  }

  #findRevokeFault(event: RevokeEvent, at: number): GrantFault | undefined {
    const grant = this.#grants.get(event.grant);
    if (grant === undefined) return 'unknown grant';
    // The operator key may end any grant: a home whose only admin was taken over must be able to begin again.
    if (isOperator(event.by)) return event.by === this.#rules.operator ? undefined : 'operator';
    if (!this.#isAdmin(event.by, at)) return 'not an admin';
    return isAdminGrant(grant) && !this.#hasAdmin(at, grant.id) ? 'last admin' : undefined;
  }

  #isAdmin(subject: string, at: number): boolean {
    return this.#someAdmin((grant) => grant.subject === subject && isInForce(grant, at));
  }

  #hasAdmin(at: number, except?: string): boolean {
    return this.#someAdmin((grant) => grant.id !== except && isInForce(grant, at));
  }

  #someAdmin(matches: (grant: Grant) => boolean): boolean {
    for (const grant of this.#admins.values()) if (matches(grant)) return true;
    return false;
  }
}

export function isInForce(grant: Grant, now: number): boolean {
  return grant.expires === undefined || now < grant.expires;
}

export function grantRefused(reason: GrantFault, cause?: unknown): IdentityError {
  return new IdentityError('IDENTITY_GRANT_REFUSED', `the role change was refused: ${reason}`, {
    details: { reason },
    ...(cause !== undefined && { cause }),
  });
}

function isAdminGrant(grant: Grant): boolean {
  return grant.role === 'admin' && grant.scope === '*';
}

function toGrant(event: GrantEvent): Grant {
  return {
    id: event.id,
    subject: event.subject,
    role: event.role,
    scope: event.scope,
    ...(event.expires !== undefined && { expires: event.expires }),
    grantedBy: event.by,
    grantedAt: event.time,
  };
}
