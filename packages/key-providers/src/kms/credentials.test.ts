import { utf8 } from '@wardmesh/core';
import { expect, test } from 'vitest';
import { fileCredentials } from './credentials.ts';

const good = { accessKeyId: 'AKIA', secretAccessKey: 'canary-secret' };

test('credentials are read at each need, and the bytes wiped', async () => {
  const given: Uint8Array[] = [];
  const credentials = fileCredentials(async () => {
    const bytes = utf8(JSON.stringify({ ...good, sessionToken: 't', expiration: '2026-01-01T00:00:00Z' }));
    given.push(bytes);
    return bytes;
  });
  expect(await credentials()).toEqual({ ...good, sessionToken: 't', expiration: new Date('2026-01-01T00:00:00Z') });
  await credentials();
  expect(given.length).toBe(2);
  expect(given.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
});

test.each([
  ['no JSON', 'canary-secret'],
  ['no object', '["canary-secret"]'],
  ['no secret', '{"accessKeyId":"canary-secret"}'],
  ['a number', '{"accessKeyId":1,"secretAccessKey":"canary-secret"}'],
  ['another member', JSON.stringify({ ...good, region: 'x' })],
  ['a date that is none', JSON.stringify({ ...good, expiration: 'soon' })],
  ['a member twice', '{"accessKeyId":"a","accessKeyId":"b","secretAccessKey":"canary-secret"}'],
])('a file with %s is refused without a word of it', async (_name, text) => {
  const error = await fileCredentials(async () => utf8(text))().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'VAULT_PROVIDER_REFUSED' });
  expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('canary');
});
