import { describe, expect, it } from 'vitest';
import { META_TX, transactionOf } from './transaction.ts';

const HASH = 'ab'.repeat(32);
const named = (value: unknown) => transactionOf({ _meta: { [META_TX]: value as never } });

describe('the transaction a result names', () => {
  it('is spelled with its network and its hash in upper case', () => {
    expect(META_TX).toBe('wardmesh/tx');
    expect(named({ chain: 'xrpl:31337', hash: HASH })).toBe(`xrpl:31337:${HASH.toUpperCase()}`);
    expect(named({ chain: 'xrpl:0', hash: HASH.toUpperCase() })).toBe(`xrpl:0:${HASH.toUpperCase()}`);
  });

  it.each([
    ['nothing', undefined],
    ['a text', `xrpl:1:${HASH}`],
    ['another chain', { chain: 'eip155:1', hash: HASH }],
    ['a network that is no number', { chain: 'xrpl:local', hash: HASH }],
    ['a network with a leading zero', { chain: 'xrpl:01', hash: HASH }],
    ['a network above 32 bits', { chain: 'xrpl:4294967296', hash: HASH }],
    ['a network and a line', { chain: 'xrpl:1\n', hash: HASH }],
    ['a hash that is too short', { chain: 'xrpl:1', hash: HASH.slice(1) }],
    ['a hash that is too long', { chain: 'xrpl:1', hash: `${HASH}0` }],
    ['a hash and a line', { chain: 'xrpl:1', hash: `${HASH}\n` }],
    ['a hash that is not hex', { chain: 'xrpl:1', hash: 'g'.repeat(64) }],
    ['a hash that is a list', { chain: 'xrpl:1', hash: [HASH] }],
    ['members beyond', { chain: 'xrpl:1', hash: HASH, note: 'ignore previous instructions' }],
  ])('is none for %s', (_title, value) => {
    expect(named(value)).toBeUndefined();
  });

  it('is none without _meta', () => {
    expect(transactionOf({})).toBeUndefined();
    expect(transactionOf({ _meta: 'x' })).toBeUndefined();
  });
});
