import { type Clock, CodedError, type JsonObject, type Random, toBase64Url, toHex, uuid } from '@wardmesh/core';
import {
  extentOf,
  type Grant,
  isRole,
  isWalletAccount,
  LocalGrants,
  MATRIX,
  PERMISSIONS,
  type Permission,
  ROLES,
  type RoleEvent,
  roleEventMessage,
  rolesOf,
  type SignedRoleEvent,
} from '@wardmesh/identity';
import type { Database } from '@wardmesh/store';
import { roleEvents } from './role-events.ts';

/** A change that waits for its signature. */
export interface RoleDraft {
  readonly draftId: string;
  /** The text to sign. */
  readonly message: string;
  readonly event: RoleEvent;
}

export interface RoleChange {
  readonly act: 'grant' | 'revoke';
  readonly subject: string;
  readonly role: string;
  /** Unix ms; grants only. */
  readonly expiresAt?: number;
}

/** What somebody may do: to everything, and to what is their own only. */
export interface Rights {
  readonly roles: readonly string[];
  readonly any: ReadonlySet<Permission>;
  readonly own: ReadonlySet<Permission>;
}

export interface PeopleOptions {
  readonly database: Pick<Database, 'documents'>;
  /** Node id of the home. */
  readonly home: string;
  /** Ed25519 key of the home's operator, 32 bytes: signs the first grant. */
  readonly operatorKey: Uint8Array | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

const DRAFT_LIFETIME_MS = 5 * 60_000;
const MAX_DRAFTS = 1_000;
const OPERATOR_DOCUMENT = 'roles/operator';

/** Who may do what in this home, by grants that admins' wallets signed. Looked up in memory, at every request. */
export class People {
  readonly #grants: LocalGrants;
  readonly #options: PeopleOptions;
  readonly #operator: string;
  readonly #drafts = new Map<string, { readonly event: RoleEvent; readonly until: number }>();
  readonly #rights = new Map<string, { readonly version: number; readonly roles: string; readonly rights: Rights }>();

  private constructor(options: PeopleOptions, grants: LocalGrants, operator: string) {
    this.#options = options;
    this.#grants = grants;
    this.#operator = operator;
  }

  /** @throws IdentityError IDENTITY_GRANT_REFUSED where the stored changes are not genuine */
  static async open(options: PeopleOptions): Promise<People> {
    const operator = await pinnedOperator(options);
    const rules = { home: options.home, operator };
    const grants = await LocalGrants.open({ store: roleEvents(options.database), rules, clock: options.clock });
    return new People(options, grants, operator);
  }

  /** `operator:` and the key that signs the first grant. */
  get operator(): string {
    return this.#operator;
  }

  rolesOf(person: string): readonly string[] {
    return rolesOf(this.#grants.grantsOf([person], this.#options.clock.now()));
  }

  rightsOf(person: string): Rights {
    const roles = this.rolesOf(person);
    const version = this.#grants.version();
    const known = this.#rights.get(person);
    const text = roles.join();
    if (known?.version === version && known.roles === text) return known.rights;
    if (this.#rights.size >= MAX_DRAFTS) this.#rights.clear();
    const any = new Set<Permission>();
    const own = new Set<Permission>();
    for (const permission of PERMISSIONS) {
      const extents = roles.filter(isRole).map((role) => extentOf(permission, role));
      if (extents.includes('any')) any.add(permission);
      else if (extents.includes('own')) own.add(permission);
    }
    const rights = { roles, any, own };
    this.#rights.set(person, { version, roles: text, rights });
    return rights;
  }

  /** Everybody who may decide approvals now. */
  approvers(): readonly string[] {
    const now = this.#options.clock.now();
    const subjects = new Set(this.#grants.all().map(({ subject }) => subject));
    return [...subjects].filter(
      (subject) =>
        this.#grants.grantsOf([subject], now).length > 0 && this.rightsOf(subject).any.has('approval:decide'),
    );
  }

  grants(): readonly Grant[] {
    return this.#grants.all();
  }

  /** Role → permissions; `…:own` where only one's own. */
  matrix(): JsonObject {
    return Object.fromEntries(
      ROLES.map((role) => [
        role,
        PERMISSIONS.flatMap((permission) => {
          const extent = (MATRIX[permission] as Partial<Record<string, string>>)[role];
          return extent === undefined ? [] : [extent === 'any' ? permission : `${permission} (own)`];
        }),
      ]),
    );
  }

  /** Calls back after each change of anybody's roles. */
  onChanged(listener: () => void): () => void {
    return this.#grants.subscribe(listener);
  }

  /** The text that `by` signs for a change. @throws CodedError ROLE_INVALID, SUBJECT_INVALID, GRANT_UNKNOWN */
  prepare(by: string, change: RoleChange): RoleDraft {
    const { clock, random, home } = this.#options;
    if (!isRole(change.role)) {
      throw new CodedError('ROLE_INVALID', `There is no role ${change.role}.`, { hint: `One of ${ROLES.join(', ')}.` });
    }
    if (!isWalletAccount(change.subject) && !/^(?:agent|client):./.test(change.subject)) {
      throw new CodedError('SUBJECT_INVALID', 'This is not the id of a wallet.', {
        hint: 'CAIP-10, as the console shows it: eip155:1:0x… with its checksum, or solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…',
      });
    }
    const head = { v: 1 as const, home, ...this.#grants.next(), time: clock.now(), by };
    const event: RoleEvent =
      change.act === 'grant'
        ? {
            ...head,
            type: 'grant',
            id: uuid(random),
            subject: change.subject,
            role: change.role,
            scope: '*',
            ...(change.expiresAt !== undefined && { expires: change.expiresAt }),
          }
        : { ...head, type: 'revoke', grant: this.#grantOf(change).id };
    this.#sweep();
    if (this.#drafts.size >= MAX_DRAFTS) this.#drafts.delete(this.#drafts.keys().next().value!);
    const draftId = toBase64Url(random.bytes(16));
    this.#drafts.set(draftId, { event, until: clock.monotonic() + DRAFT_LIFETIME_MS });
    return { draftId, message: roleEventMessage(event), event };
  }

  /** Puts a signed draft into force, once. @throws CodedError DRAFT_UNKNOWN, IDENTITY_GRANT_REFUSED */
  async commit(by: string, draftId: string, proof: SignedRoleEvent['proof']): Promise<RoleEvent> {
    this.#sweep();
    const draft = this.#drafts.get(draftId);
    if (draft === undefined || draft.event.by !== by) {
      throw new CodedError('DRAFT_UNKNOWN', 'There is no such change to sign, or it is too old.', {
        hint: 'Begin again.',
      });
    }
    this.#drafts.delete(draftId);
    await this.#grants.change({ event: draft.event, proof });
    return draft.event;
  }

  #grantOf({ subject, role }: RoleChange): Grant {
    const found = this.#grants.all().find((grant) => grant.subject === subject && grant.role === role);
    if (found !== undefined) return found;
    throw new CodedError('GRANT_UNKNOWN', `${subject} does not hold the role ${role}.`);
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const [id, { until }] of this.#drafts) if (now >= until) this.#drafts.delete(id);
  }
}

/** The operator's key at first sight, kept sealed: a list of approvers that is changed later makes nobody the operator. */
async function pinnedOperator({ database, operatorKey, random }: PeopleOptions): Promise<string> {
  const known = await database.documents.get(OPERATOR_DOCUMENT);
  if (typeof known === 'string') return known;
  // Pinned anew it would be anybody's: what stands there and is no key is a fault.
  if (known !== undefined) throw new CodedError('ROLES_OPERATOR_NOT_GENUINE', 'The pinned operator is not a key.');
  // Without an operator nobody signs the first grant: a key that nobody has.
  if (operatorKey === undefined) return `operator:${toHex(random.bytes(32))}`;
  const operator = `operator:${toHex(operatorKey)}`;
  await database.documents.put(OPERATOR_DOCUMENT, operator);
  return operator;
}
