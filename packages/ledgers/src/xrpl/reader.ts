import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { MAX_DROPS } from '@wardmesh/wallet';
import { LedgersError } from '../error.ts';
import { RIPPLE_EPOCH } from '../limits.ts';
import type { LedgerAmount } from './port.ts';

/** Reads members of an answer into exact types. Every method throws MALFORMED_ANSWER with the field's path. */
export class Reader {
  readonly json: JsonObject;
  readonly #path: string;

  constructor(json: JsonObject, path = 'result') {
    this.json = json;
    this.#path = path;
  }

  fail(name: string): never {
    throw malformed(`${this.#path}.${name}`);
  }

  has(name: string): boolean {
    return this.json[name] !== undefined && this.json[name] !== null;
  }

  object(name: string): Reader {
    const value = this.json[name];
    return isJsonObject(value) ? new Reader(value, `${this.#path}.${name}`) : this.fail(name);
  }

  objects(name: string): readonly Reader[] {
    return this.array(name).map((item, i) =>
      isJsonObject(item) ? new Reader(item, `${this.#path}.${name}[${i}]`) : this.fail(name),
    );
  }

  array(name: string): readonly Json[] {
    const value = this.json[name];
    return Array.isArray(value) ? value : this.fail(name);
  }

  text(name: string, pattern?: RegExp): string {
    const value = this.json[name];
    if (typeof value !== 'string' || (pattern !== undefined && !pattern.test(value))) return this.fail(name);
    return value;
  }

  hash(name: string): string {
    return this.text(name, HASH);
  }

  boolean(name: string): boolean {
    const value = this.json[name];
    return typeof value === 'boolean' ? value : this.fail(name);
  }

  /** An integer of 0…2^32−1, as the ledger's UInt32 fields are. */
  uint(name: string): number {
    const value = this.json[name];
    const isUint = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
    return isUint ? value : this.fail(name);
  }

  /** Drops written as digits. */
  drops(name: string): bigint {
    const value = BigInt(this.text(name, /^(?:0|[1-9]\d{0,17})$/));
    return value <= MAX_DROPS ? value : this.fail(name);
  }

  /** Drops where the API has a number. */
  smallDrops(name: string): bigint {
    const value = this.json[name];
    const isDrops = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return isDrops ? BigInt(value) : this.fail(name);
  }

  /** Ripple seconds as milliseconds since the Unix epoch. */
  rippleTime(name: string): number {
    return (this.uint(name) + RIPPLE_EPOCH) * 1_000;
  }

  isoTime(name: string): number {
    const time = Date.parse(this.text(name, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/));
    return Number.isNaN(time) ? this.fail(name) : time;
  }

  amount(name: string): LedgerAmount {
    if (typeof this.json[name] === 'string') return { kind: 'xrp', drops: this.drops(name) };
    const amount = this.object(name);
    const value = amount.text('value', /^-?\d{1,40}(?:\.\d{1,100})?(?:[eE][+-]?\d{1,3})?$/);
    if (amount.has('mpt_issuance_id')) {
      return { kind: 'mpt', issuanceId: amount.text('mpt_issuance_id', /^[0-9A-F]{48}$/), value };
    }
    return {
      kind: 'issued',
      currency: amount.text('currency', /^(?:[0-9A-F]{40}|[\x21-\x7e]{3})$/),
      issuer: amount.text('issuer', ADDRESS),
      value,
    };
  }
}

const HASH = /^[0-9A-F]{64}$/;
export const ADDRESS = /^r[1-9A-HJ-NP-Za-km-z]{24,34}$/;

export function malformed(field: string): LedgersError {
  return new LedgersError('MALFORMED_ANSWER', `the answer's ${field} is not what the API promises`, {
    details: { field },
  });
}
