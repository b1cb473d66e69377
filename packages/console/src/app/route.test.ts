import { describe, expect, it } from 'vitest';
import { linkTo, parseRoute } from './route.ts';

describe('the address', () => {
  it.each([
    ['', 'inbox', undefined],
    ['#/servers', 'servers', undefined],
    ['#/servers/files', 'servers', 'files'],
    ['#/wallets/local/rABC', 'wallets', 'local/rABC'],
    ['#/nothing/x', 'inbox', undefined],
    ['#/inbox/%E0%A4%A', 'inbox', undefined],
    ['#/__proto__', 'inbox', undefined],
  ])('%s is %s %s', (hash, page, item) => {
    expect(parseRoute(hash)).toEqual({ page, item });
  });

  it('of a link leads back to it', () => {
    for (const item of ['a b', 'local/r1', 'ü?#&', undefined]) {
      expect(parseRoute(linkTo('wallets', item))).toEqual({ page: 'wallets', item });
    }
  });
});
