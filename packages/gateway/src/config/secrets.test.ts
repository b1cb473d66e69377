import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretReader } from './secrets.ts';

describe('SecretReader', () => {
  let folder: string;
  const reader = new SecretReader();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ward-secret-'));
    writeFileSync(join(folder, 'token'), 'canary\n', { mode: 0o600 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads a file without its line end, into a value that does not print', () => {
    const secret = reader.read({ file: join(folder, 'token') });
    expect(secret.reveal()).toBe('canary');
    expect(inspect(secret) + JSON.stringify(secret)).not.toContain('canary');
  });

  it('reads a descriptor once and keeps what it gave', () => {
    const fd = openSync(join(folder, 'token'), 'r');
    expect(reader.read({ fd }).reveal()).toBe('canary');
    closeSync(fd);
    expect(reader.read({ fd }).reveal()).toBe('canary');
  });

  it.each([
    ['open to others', () => chmodSync(join(folder, 'token'), 0o640)],
    [
      'a link',
      () => {
        rmSync(join(folder, 'token'));
        writeFileSync(join(folder, 'real'), 'canary', { mode: 0o600 });
        symlinkSync(join(folder, 'real'), join(folder, 'token'));
      },
    ],
    ['missing', () => rmSync(join(folder, 'token'))],
    ['empty', () => writeFileSync(join(folder, 'token'), '\n')],
    ['too large', () => writeFileSync(join(folder, 'token'), 'canary'.repeat(20_000))],
    ['not text', () => writeFileSync(join(folder, 'token'), Buffer.from([0xff, 0xfe]))],
  ])('refuses a file that is %s', (_name, spoil) => {
    spoil();
    expect(() => reader.read({ file: join(folder, 'token') })).toThrow(
      expect.objectContaining({ code: 'CONFIG_SECRET_UNAVAILABLE', message: expect.not.stringContaining('canary') }),
    );
  });

  it('says that keychains are not available', () => {
    expect(() => reader.read({ keychain: 'x' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_SECRET_UNAVAILABLE' }),
    );
  });
});
