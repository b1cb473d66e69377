import type { SealedTable } from '../database/sealed-table.ts';
import { StoreError } from '../error.ts';

export interface AgentRecord {
  readonly id: string;
  readonly name?: string | undefined;
  readonly roles: readonly string[];
  /** `sha256:…` of the token; the token itself is kept nowhere. */
  readonly tokenHash: string;
  /** ms since the epoch */
  readonly createdAt: number;
  readonly revokedAt?: number | undefined;
}

/** Agents and the hashes of their tokens. A revoked agent stays, so that its id is never given anew. */
export class AgentRepository {
  readonly #table: SealedTable<AgentRecord>;

  constructor(table: SealedTable<AgentRecord>) {
    this.#table = table;
  }

  /** In the order of their ids, revoked ones included. */
  async list(): Promise<readonly AgentRecord[]> {
    return (await this.#table.list()).map(({ value }) => value);
  }

  /** The agent whose token has this hash, also where it is revoked. */
  async findByTokenHash(tokenHash: string): Promise<AgentRecord | undefined> {
    const [found] = await this.#table.list(tokenHash);
    return found?.value.tokenHash === tokenHash ? found.value : undefined;
  }

  /** @throws StoreError STORE_ALREADY_EXISTS, STORE_VALUE_INVALID */
  async add(agent: AgentRecord): Promise<void> {
    if (!/^sha256:[0-9a-f]{64}$/.test(agent.tokenHash)) {
      throw new StoreError('STORE_VALUE_INVALID', 'a token is kept as its sha256 only');
    }
    await this.#table.write((writer) => writer.insert(agent.id, agent, agent.tokenHash));
  }

  /** Whether it was in force until now. @param at ms since the epoch */
  async revoke(id: string, at: number): Promise<boolean> {
    return this.#table.write(async (writer) => {
      const agent = await writer.get(id);
      if (agent === undefined || agent.revokedAt !== undefined) return false;
      await writer.put(id, { ...agent, revokedAt: at }, agent.tokenHash);
      return true;
    });
  }

  /** Changes when any process adds or revokes: a sign to read {@link list} again. */
  generation(): Promise<number> {
    return this.#table.generation();
  }
}
