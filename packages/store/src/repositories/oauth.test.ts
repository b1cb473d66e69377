import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { KEY, temporaryFolder } from '../fixture.ts';

async function open() {
  return openDatabase({ path: join(await temporaryFolder(), 'state.db'), key: KEY });
}

describe('rows of the authorisation server', () => {
  it('are gone with their time, and pruned', async () => {
    const { oauth } = await open();
    await oauth.put('code:a', { n: 1 }, 0, { expires: 100 });
    expect(await oauth.get('code:a', 99)).toEqual({ n: 1 });
    expect(await oauth.get('code:a', 100)).toBeUndefined();
    expect(await oauth.prune(100)).toBe(1);
    expect(await oauth.get('code:a', 0)).toBeUndefined();
  });

  it('are used once, whoever comes at the same time', async () => {
    const { oauth } = await open();
    await oauth.put('code:a', {}, 0, { group: 'g' });
    const uses = await Promise.all(Array.from({ length: 8 }, () => oauth.consume('code:a', 1, 'g')));
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await oauth.get('code:a', 1)).toEqual({ consumed: 0 });
  });

  it('are put once where that is said', async () => {
    const { oauth } = await open();
    const puts = await Promise.all(
      Array.from({ length: 8 }, () => oauth.put('jti', {}, 0, { once: true, expires: 9 })),
    );
    expect(puts.filter(Boolean)).toHaveLength(1);
    expect(await oauth.put('jti', {}, 9, { once: true, expires: 20 })).toBe(true);
  });

  it('go with their group, aliases too', async () => {
    const { oauth } = await open();
    await oauth.put('device:a', { n: 1 }, 0, { group: 'g', aliases: ['user-code:X'] });
    await oauth.put('token:b', { n: 2 }, 0, { group: 'g' });
    await oauth.put('token:c', { n: 3 }, 0, { group: 'other' });
    expect(await oauth.getByAlias('user-code:X', 1)).toEqual({ n: 1 });
    await oauth.removeGroup('g');
    expect(await oauth.getByAlias('user-code:X', 1)).toBeUndefined();
    expect(await oauth.list('token:', 1)).toEqual([{ id: 'token:c', value: { n: 3 } }]);
  });

  it('lose an alias that a later write does not name', async () => {
    const { oauth } = await open();
    await oauth.put('session:a', {}, 0, { aliases: ['uid:1'] });
    await oauth.put('session:a', {}, 0, { aliases: ['uid:2'] });
    expect(await oauth.getByAlias('uid:1', 1)).toBeUndefined();
    expect(await oauth.getByAlias('uid:2', 1)).toEqual({});
  });
});
