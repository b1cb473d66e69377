import type { JsonObject } from '@wardmesh/core';
import { prepareTx, runCommand, TestLedger, testWallet } from '@wardmesh/local-ledger';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LedgersError } from '../error.ts';
import { parseAccountInfo, parseObjects } from './parse-account.ts';
import { parseFee, parseLedger, parseServerState } from './parse-server.ts';
import { parseHistory, parseStatus, parseSubmit } from './parse-transaction.ts';
import { Reader } from './reader.ts';
import { parseEvent } from './subscription.ts';

const alice = testWallet('alice');
const ledger = new TestLedger();
ledger.fund(alice.address);
ledger.close();
const signed = alice.sign(prepareTx(ledger, alice.address, { TransactionType: 'TicketCreate', TicketCount: 2 }));
const submitted = run('submit', { tx_blob: signed.blob });
ledger.close();

function run(command: string, params: JsonObject): JsonObject {
  return runCommand({ ledger, now: Date.now() }, command, { ...params, api_version: 2 }) as JsonObject;
}

const respond = (result: JsonObject): JsonObject => ({ status: 'success', result });

/** Each parser, and a true answer to it. */
const PARSERS: readonly [string, JsonObject, (json: JsonObject) => unknown][] = [
  ['server_state', run('server_state', {}), (json) => parseServerState(new Reader(json))],
  ['fee', run('fee', {}), (json) => parseFee(new Reader(json))],
  ['ledger', run('ledger', { transactions: true }), (json) => parseLedger(new Reader(json))],
  [
    'account_info',
    run('account_info', { account: alice.address, signer_lists: true }),
    (json) => parseAccountInfo(new Reader(json), alice.address),
  ],
  ['account_objects', run('account_objects', { account: alice.address }), (json) => parseObjects(new Reader(json))],
  [
    'account_tx',
    run('account_tx', { account: alice.address }),
    (json) => parseHistory(new Reader(json), alice.address),
  ],
  ['tx', run('tx', { transaction: signed.hash }), (json) => parseStatus(respond(json), signed.hash)],
  ['submit', submitted, (json) => parseSubmit(respond(json), signed.hash)],
];

/** Every place in a JSON value. */
function places(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe('answers', () => {
  it.each(PARSERS)('%s: the true one is read, and any other is read or refused as malformed', (_, truth, parse) => {
    expect(() => parse(truth)).not.toThrow();
    const all = places(truth).filter((path) => path.length > 0);
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.jsonValue(), (path, value) => {
        try {
          parse(replaced(truth, path, value) as JsonObject);
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(LedgersError);
          expect((error as LedgersError).code).toBe('MALFORMED_ANSWER');
        }
      }),
      { numRuns: 400, seed: 3 },
    );
    // The control: the run damaged what matters.
    expect(refused).toBeGreaterThan(20);
  });

  it.each<[string, unknown]>([
    ['a float', 1.5],
    ['a negative', '-1'],
    ['an exponent', '1e9'],
    ['more than exists', '100000000000000001'],
    ['a sign', '+1'],
    ['leading zeros', '01'],
    ['a number', 5],
  ])('drops are refused with %s', (_, value) => {
    expect(() => new Reader({ Balance: value } as JsonObject).drops('Balance')).toThrow(LedgersError);
  });

  it('reads 0, 1 and 10^17 drops exactly', () => {
    for (const value of ['0', '1', '100000000000000000']) {
      expect(new Reader({ Balance: value }).drops('Balance')).toBe(BigInt(value));
    }
  });

  it('a result that cannot stand in a ledger is malformed there', () => {
    const truth = run('tx', { transaction: signed.hash });
    for (const name of ['terPRE_SEQ', 'tefPAST_SEQ', 'temMALFORMED', 'telINSUF_FEE_P', 'unknown', 'tesOTHER']) {
      const lie = replaced(truth, ['meta', 'TransactionResult'], name) as JsonObject;
      expect(() => parseStatus(respond(lie), signed.hash)).toThrow(LedgersError);
    }
  });

  it('stream messages never throw', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('type', 'validated', 'meta', 'hash', 'ledger_index'), fc.jsonValue()),
        (json) => {
          parseEvent({ type: 'transaction', validated: true, ...json } as JsonObject);
        },
      ),
    );
  });
});
