import { format, inspect } from 'node:util';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';

const CANARY = 'canary-7f3a91';
const secret = new Secret(CANARY);

describe('a Secret', () => {
  it('gives its value to reveal() only', () => {
    expect(secret.reveal()).toBe(CANARY);
  });

  it.each<readonly [string, () => string]>([
    ['String()', () => String(secret)],
    ['a template', () => `${secret}`],
    ['a joined array', () => ['a', secret].join('+')],
    ['JSON', () => JSON.stringify({ secret })],
    ['inspect', () => inspect({ secret }, { depth: 9, showHidden: true, getters: true })],
    ['a format string', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['its own keys and values', () => JSON.stringify([Reflect.ownKeys(secret), Object.values(secret)])],
    ['an error message', () => new Error(`failed with ${secret}`, { cause: secret }).stack ?? ''],
    ['an inspected error', () => inspect(new Error('failed', { cause: secret }))],
    ['a clone', () => inspect(structuredClone(secret))],
    ['a spread', () => inspect({ ...secret })],
  ])('stays out of %s', (_what, print) => {
    verifies('XR-AUD-4');
    expect(print()).not.toContain(CANARY);
  });

  it('prints as [secret]', () => {
    expect(`${secret}`).toBe('[secret]');
    expect(JSON.stringify(secret)).toBe('"[secret]"');
    expect(inspect(secret)).toBe('[secret]');
  });

  it('shows the canary of a plain object, so the search above can find one', () => {
    expect(inspect({ secret: CANARY })).toContain(CANARY);
  });
});
