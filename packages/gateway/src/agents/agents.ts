import { hash } from 'node:crypto';
import { type Clock, CodedError, type Random, toBase64Url } from '@wardmesh/core';
import type { Principal } from '../pipeline/call.ts';

export interface AgentRecord {
  readonly id: string;
  readonly name?: string | undefined;
  readonly roles: readonly string[];
  /** `sha256:…` of the token; the token itself is shown once and never kept. */
  readonly tokenHash: string;
  /** ms since the epoch */
  readonly createdAt: number;
  readonly revokedAt?: number | undefined;
}

/** Where agents are kept. */
export interface AgentStore {
  list(): Promise<readonly AgentRecord[]>;
  add(agent: AgentRecord): Promise<void>;
  revoke(id: string, at: number): Promise<boolean>;
}

/** The gateway looks at servers under this name. */
const OURSELVES = 'wardmesh';
const AGENT_ID = /^[a-z][a-z0-9-]{0,31}$/;
const TOKEN = /^ward_([a-z][a-z0-9-]{0,31})_[A-Za-z0-9_-]{43}$/;

export type AgentErrorCode = 'AGENT_ID_INVALID' | 'AGENT_EXISTS' | 'AGENT_UNKNOWN';

/**
 * Agents are principals with bearer tokens `ward_<agent>_<256 random bits>`. All of them are held in memory by the hash
 * of their token, so a call's check costs one hash and no I/O; a revocation is in force for the next call.
 */
export class Agents {
  readonly #store: AgentStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #byHash = new Map<string, Principal>();
  readonly #byId = new Map<string, AgentRecord>();

  private constructor(store: AgentStore, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  static async open(store: AgentStore, clock: Clock, random: Random): Promise<Agents> {
    const agents = new Agents(store, clock, random);
    for (const record of await store.list()) agents.#remember(record);
    return agents;
  }

  /** The agent a token claims to be of: for lockout, where nothing is proved yet. */
  claimedBy(token: string | undefined): string {
    return (token !== undefined && TOKEN.exec(token)?.[1]) || '-';
  }

  /** The principal whose token this is. The same work is done for every token, known or not. */
  authenticate(token: string | undefined): Principal | undefined {
    return this.#byHash.get(hashToken(token ?? ''));
  }

  list(): readonly AgentRecord[] {
    return [...this.#byId.values()];
  }

  find(id: string): AgentRecord | undefined {
    return this.#byId.get(id);
  }

  /** Adds an agent and returns its token, for the only time. @throws CodedError<AgentErrorCode> */
  async add(id: string, options: { name?: string; roles?: readonly string[] } = {}): Promise<string> {
    if (!AGENT_ID.test(id) || id === OURSELVES) {
      throw new CodedError(
        'AGENT_ID_INVALID',
        'An agent id is a lower-case letter and up to 31 letters, digits or dashes, and not wardmesh.',
      );
    }
    const known = this.#byId.get(id);
    if (known) {
      throw new CodedError('AGENT_EXISTS', `There is an agent ${id} already${known.revokedAt ? ' (revoked)' : ''}.`, {
        hint: 'Choose another id: receipts name agents by it for years.',
      });
    }
    const token = `ward_${id}_${toBase64Url(this.#random.bytes(32))}`;
    const record: AgentRecord = {
      id,
      roles: options.roles ?? ['agent'],
      tokenHash: hashToken(token),
      createdAt: this.#clock.now(),
      ...(options.name !== undefined && { name: options.name }),
    };
    await this.#store.add(record);
    this.#remember(record);
    return token;
  }

  /** @throws CodedError AGENT_UNKNOWN */
  async revoke(id: string): Promise<void> {
    const record = this.#byId.get(id);
    if (!record || record.revokedAt !== undefined)
      throw new CodedError('AGENT_UNKNOWN', `There is no active agent ${id}.`);
    // Out of memory first: a failing disk must not keep a stolen token alive.
    this.#byHash.delete(record.tokenHash);
    const revokedAt = this.#clock.now();
    this.#byId.set(id, { ...record, revokedAt });
    await this.#store.revoke(id, revokedAt);
  }

  #remember(record: AgentRecord): void {
    this.#byId.set(record.id, record);
    if (record.revokedAt === undefined) this.#byHash.set(record.tokenHash, { id: record.id, roles: record.roles });
  }
}

function hashToken(token: string): string {
  return `sha256:${hash('sha256', token)}`;
}
