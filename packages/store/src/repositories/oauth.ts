import type { JsonObject } from '@wardmesh/core';
import type { SealedTable, TableWriter } from '../database/sealed-table.ts';
import { StoreError } from '../error.ts';
import { MAX_OAUTH_ROWS } from '../limits.ts';

/** What the authorisation server keeps of one session, code, token, grant or client. */
export interface OauthRow {
  readonly value: JsonObject;
  /** ms since the epoch; absent for what stays until it is removed */
  readonly expires?: number;
  /** Further rows that only point here; they go with this one. */
  readonly aliases?: readonly string[];
}

export interface OauthPut {
  readonly expires?: number;
  /** Removed together ({@link OauthRepository.removeGroup}): all that one consent led to. */
  readonly group?: string;
  readonly aliases?: readonly string[];
  /** Refuses to replace: what counts once. */
  readonly once?: boolean;
}

/** Rows of an authorisation server with expiry, groups and aliases. Expired rows are never handed out. */
export class OauthRepository {
  readonly #table: SealedTable<OauthRow>;

  constructor(table: SealedTable<OauthRow>) {
    this.#table = table;
  }

  async get(id: string, now: number): Promise<JsonObject | undefined> {
    const row = await this.#table.get(id);
    return row === undefined || isOver(row, now) ? undefined : row.value;
  }

  /** The row an alias points to. */
  async getByAlias(alias: string, now: number): Promise<JsonObject | undefined> {
    const pointer = await this.get(alias, now);
    return typeof pointer?.to === 'string' ? this.get(pointer.to, now) : undefined;
  }

  /**
   * @returns false where the row stands already and `once` was said
   * @throws StoreError STORE_VALUE_INVALID where the table is full
   */
  async put(id: string, value: JsonObject, now: number, options: OauthPut = {}): Promise<boolean> {
    const { expires, group, aliases = [], once = false } = options;
    return this.#table.write(async (writer) => {
      const before = await writer.get(id);
      if (before !== undefined && once && !isOver(before, now)) return false;
      if (before === undefined && writer.count() + aliases.length >= MAX_OAUTH_ROWS) {
        throw new StoreError('STORE_VALUE_INVALID', 'the authorisation server holds too much at once');
      }
      for (const alias of before?.aliases ?? []) if (!aliases.includes(alias)) await writer.remove(alias);
      const end = expires !== undefined && { expires };
      await writer.put(id, { value, ...end, ...(aliases.length > 0 && { aliases }) }, group);
      for (const alias of aliases) await writer.put(alias, { value: { to: id }, ...end }, group);
      return true;
    });
  }

  /**
   * Marks a row as used, once.
   * @returns whether it was unused until now
   */
  async consume(id: string, now: number, group?: string): Promise<boolean> {
    return this.#table.write(async (writer) => {
      const row = await writer.get(id);
      if (row === undefined || isOver(row, now) || row.value.consumed !== undefined) return false;
      await writer.put(id, { ...row, value: { ...row.value, consumed: Math.floor(now / 1_000) } }, group);
      return true;
    });
  }

  async remove(id: string): Promise<boolean> {
    return this.#table.write((writer) => removeRow(writer, id));
  }

  /** Removes everything of a group. @returns how many rows */
  async removeGroup(group: string): Promise<number> {
    const rows = await this.#table.list(group);
    if (rows.length === 0) return 0;
    return this.#table.write(async (writer) => {
      let count = 0;
      for (const { id } of rows) if (await removeRow(writer, id)) count += 1;
      return count;
    });
  }

  /** Rows whose id starts so, not expired. */
  async list(prefix: string, now: number): Promise<readonly { readonly id: string; readonly value: JsonObject }[]> {
    const rows = await this.#table.list();
    return rows
      .filter(({ id, value }) => id.startsWith(prefix) && !isOver(value, now))
      .map(({ id, value }) => ({ id, value: value.value }));
  }

  /** Forgets what expired before `now`. @returns how many rows */
  async prune(now: number): Promise<number> {
    const old = (await this.#table.list()).filter(({ value }) => isOver(value, now));
    if (old.length === 0) return 0;
    return this.#table.write(async (writer) => {
      let count = 0;
      for (const { id } of old) if (await removeRow(writer, id)) count += 1;
      return count;
    });
  }
}

function isOver(row: OauthRow, now: number): boolean {
  return row.expires !== undefined && row.expires <= now;
}

async function removeRow(writer: TableWriter<OauthRow>, id: string): Promise<boolean> {
  const row = await writer.get(id);
  if (row === undefined) return false;
  for (const alias of row.aliases ?? []) await writer.remove(alias);
  return writer.remove(id);
}
