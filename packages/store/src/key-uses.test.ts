import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type KeyUseStore, SealingKey } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { code, KEY, temporaryFolder } from './fixture.ts';
import { KeyUseFile } from './key-uses.ts';

describe('the count of key uses', () => {
  verifies('XR-CRY-2');

  it('starts at nothing and outlives the process', async () => {
    const path = join(await temporaryFolder(), 'uses');
    const first: KeyUseStore = KeyUseFile.open(path);
    expect(first.reserved()).toBe(0);
    first.reserve(4_096);
    expect(KeyUseFile.open(path).reserved()).toBe(4_096);
    const key = new SealingKey({ keyId: 'k', key: KEY, uses: KeyUseFile.open(path) });
    key.seal(new Uint8Array(1), new Uint8Array(1));
    expect(KeyUseFile.open(path).reserved()).toBeGreaterThan(4_096);
  });

  it('never goes back', async () => {
    const uses = KeyUseFile.open(join(await temporaryFolder(), 'uses'));
    uses.reserve(10);
    expect(() => uses.reserve(9)).toThrow(code('STORE_VALUE_INVALID') as Error);
  });

  it.each(['garbage', '5', `${'9'.repeat(20)}\n`, `${'0'.repeat(20)}\n\n`])('refuses the contents %j', async (text) => {
    const path = join(await temporaryFolder(), 'uses');
    await writeFile(path, text, { mode: 0o600 });
    expect(() => KeyUseFile.open(path)).toThrow(code('STORE_VALUE_INVALID') as Error);
  });

  it('refuses a file others can open', async () => {
    const path = join(await temporaryFolder(), 'uses');
    KeyUseFile.open(path);
    await chmod(path, 0o666);
    expect(() => KeyUseFile.open(path)).toThrow(code('STORE_FILE_TOO_OPEN') as Error);
  });
});
