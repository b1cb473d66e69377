import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../fixture.ts';

const FIXTURE = fileURLToPath(new URL('./full-disk.fixture.ts', import.meta.url));

describe('a full disk', () => {
  verifies('XR-FILE-3');

  test('refuses in codes, unlocks nothing that it cannot record, loses nothing, and is over when there is room', async () => {
    const home = await temporaryHome();
    const { stdout } = await promisify(execFile)(
      'bwrap',
      [
        '--dev-bind',
        '/',
        '/',
        '--perms',
        '0700',
        '--size',
        String(3 * 1_048_576),
        '--tmpfs',
        home,
        process.execPath,
        '--no-warnings',
        FIXTURE,
        home,
      ],
      { timeout: 60_000 },
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { act: string; outcome: string });
    const outcomes = Object.fromEntries(lines.map(({ act, outcome }) => [act, outcome]));
    for (const act of ['create on a full disk', 'unlock on a full disk', 'password on a full disk']) {
      expect([act, outcomes[act]]).toEqual([act, expect.stringMatching(/^(STORE|AUDIT)_[A-Z_]+$/)]);
    }
    expect(Object.keys(outcomes).slice(3)).toEqual([
      'wallets first locked',
      'create with room',
      'unlock after a restart',
      'wallets first,third',
    ]);
    expect(outcomes).toMatchObject({ 'create with room': 'done', 'unlock after a restart': 'done' });
  });
});
