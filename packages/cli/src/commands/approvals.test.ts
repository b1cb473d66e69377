import { readFileSync, writeFileSync } from 'node:fs';
import { approvalMessage, bindingHash } from '@wardmesh/approvals';
import { fromBase64, systemRandom } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { homePaths } from '../home-paths.ts';
import { createOperatorKey, type OperatorKeyFile, writeOperatorKey } from '../operator/key-file.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { FakeControl } from '../testing/fake-control.ts';
import { TestTerminal } from '../testing/terminal.ts';

const ID = '3f0c6b1e-0000-4000-8000-000000000000';

function request(args: Record<string, unknown> = { path: 'a.txt' }) {
  const binding = {
    server: 'files',
    tool: 'write_file',
    pin: `sha256:${'1'.repeat(64)}`,
    arguments: args as never,
    argumentsHash: `sha256:${'2'.repeat(64)}`,
    principal: 'local',
    policyVersion: `sha256:${'3'.repeat(64)}`,
    nonce: 'n',
    expiry: 2_000_000_000_000,
  };
  return {
    id: ID,
    state: 'pending',
    createdAt: 1,
    expiresAt: binding.expiry,
    over: bindingHash(binding, contentHash),
    quorum: 1,
    reason: ['destructive-asks'],
    binding,
    signatures: [],
  };
}

describe('ward approvals', () => {
  verifies('WM-APR-1');
  let terminal: TestTerminal;
  let control: FakeControl;
  let key: OperatorKeyFile;

  beforeEach(async () => {
    terminal = new TestTerminal();
    const paths = homePaths(terminal.home);
    await makeDirectorySecure(terminal.home);
    await makeDirectorySecure(paths.operator);
    control = await FakeControl.start(terminal.home, {
      'GET /v1/approvals?state=pending': { approvals: [request()] },
      [`GET /v1/approvals/${ID}`]: request(),
      [`POST /v1/approvals/${ID}/approve`]: { ...request(), state: 'approved', signatures: [{ by: 'me', keyId: 'k' }] },
      [`POST /v1/approvals/${ID}/deny`]: { ...request(), state: 'denied' },
    });
    key = await createOperatorKey({ random: systemRandom }, 'me', 'correct horse');
    await writeOperatorKey(paths.operatorKey, key);
    writeFileSync(`${terminal.folder}/pass`, 'correct horse\n', { mode: 0o600 });
  });
  afterEach(async () => {
    await control.close();
    terminal.dispose();
  });

  const withPass = ['--passphrase-file', 'pass'];
  const sent = () => control.asked.findLast(({ route }) => route.startsWith('POST'))?.body as Record<string, string>;

  it('lists what waits', async () => {
    const { stdout } = await terminal.run(['approvals', 'list']);
    expect(stdout).toContain('files.write_file');
    expect(stdout).toContain(ID);
    expect((await terminal.run(['approvals', 'list', '--state', 'x'])).exit).toBe(2);
  });

  it('shows exactly the call, with what a terminal would act on spelled out', async () => {
    control.routes[`GET /v1/approvals/${ID}`] = request({ path: 'a\u202etxt', content: '\u001b[2J' });
    const { stdout } = await terminal.run(['approvals', 'show', ID]);
    for (const part of ['files.write_file', 'local', 'destructive-asks', 'a\\u{202e}txt', '\\u001b[2J'])
      expect(stdout).toContain(part);
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
  });

  it.each(['approve', 'deny'] as const)('signs the decision to %s with the operator key', async (decision) => {
    const argv = ['approvals', decision, ID, ...withPass, ...(decision === 'approve' ? ['--yes'] : ['--reason', 'no'])];
    expect((await terminal.run(argv)).exit).toBe(0);
    const { keyId, signature, reason } = sent();
    expect(keyId).toBe(key.keyId);
    const message = approvalMessage(decision, request().over);
    expect(ed25519Verify(fromBase64(key.publicKey), message, fromBase64(signature!))).toBe(true);
    expect(reason).toBe(decision === 'deny' ? 'no' : undefined);
    // The other decision is not covered by this signature.
    const other = approvalMessage(decision === 'deny' ? 'approve' : 'deny', request().over);
    expect(ed25519Verify(fromBase64(key.publicKey), other, fromBase64(signature!))).toBe(false);
  });

  it('refuses to sign where the gateway shows another call than it asks to sign', async () => {
    const honest = request();
    control.routes[`GET /v1/approvals/${ID}`] = {
      ...honest,
      binding: { ...honest.binding, arguments: { path: 'harmless.txt' } },
    };
    for (const argv of [
      ['show', ID],
      ['approve', ID, '--yes', ...withPass],
      ['deny', ID, ...withPass],
    ]) {
      const { exit, stderr } = await terminal.run(['approvals', ...argv]);
      expect(exit).toBe(4);
      expect(stderr).toContain('shows another call than it asks to sign');
    }
    expect(sent()).toBeUndefined();
  });

  it('refuses a wrong passphrase, and a sealed key without one', async () => {
    writeFileSync(`${terminal.folder}/pass`, 'wrong\n');
    const wrong = await terminal.run(['approvals', 'approve', ID, '--yes', ...withPass]);
    expect(wrong.exit).toBe(3);
    expect(wrong.stderr).toContain('PASSPHRASE_WRONG');
    const none = await terminal.run(['approvals', 'approve', ID, '--yes']);
    expect(none.stderr).toContain('PASSPHRASE_NEEDED');
    expect(sent()).toBeUndefined();
  });

  it('refuses a key whose public half was swapped', async () => {
    const path = homePaths(terminal.home).operatorKey;
    const other = await createOperatorKey({ random: systemRandom }, 'me', undefined);
    await writeOperatorKey(path, { ...key, publicKey: other.publicKey });
    const { stderr } = await terminal.run(['approvals', 'approve', ID, '--yes', ...withPass]);
    expect(stderr).toContain('HOME_DAMAGED');
    expect(sent()).toBeUndefined();
  });

  it('keeps no part of the seed in the file of a sealed key', () => {
    const text = readFileSync(homePaths(terminal.home).operatorKey, 'utf8');
    expect(text).toContain('argon2id');
    expect(text).not.toContain('plain');
  });
});
