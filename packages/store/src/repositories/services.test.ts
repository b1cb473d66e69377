import { generateKeyPairSync, sign } from 'node:crypto';
import { join } from 'node:path';
import { type ApprovalCall, Approvals, type ApproverKey, approvalMessage } from '@wardmesh/approvals';
import { canonicalBytes, systemClock, systemRandom, toBase64 } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { Lockout } from '@wardmesh/limits';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { code, KEY, temporaryFolder } from '../fixture.ts';

async function setUp() {
  const path = join(await temporaryFolder(), 'state.db');
  return async () => {
    const database = await openDatabase({ path, key: KEY });
    onTestFinished(() => database.close());
    return database;
  };
}

describe('approvals on the database', () => {
  verifies('WM-APR-1');

  it('asked by the gateway, signed at the command line, released once, also after restarts', async () => {
    const open = await setUp();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    const key: ApproverKey = { keyId: 'k', by: 'ada', publicKey: raw };
    const service = async () =>
      new Approvals({
        store: (await open()).approvals,
        keys: { find: (keyId) => (keyId === 'k' ? key : undefined) },
        clock: systemClock,
        random: systemRandom,
        contentHash,
        ed25519Verify,
        pollInterval: 10,
      });
    const call: ApprovalCall = {
      server: 'files',
      tool: 'write_file',
      pin: contentHash(canonicalBytes({})),
      arguments: { path: 'a' },
      argumentsHash: contentHash(canonicalBytes({ path: 'a' })),
      principal: 'agent',
      policyVersion: '1',
    };
    const gateway = await service();
    const commandLine = await service();
    const { id } = await gateway.request({ call, reason: ['rule'] });
    const waiting = gateway.waitFor(id);
    const shown = await commandLine.show(id);
    const signature = toBase64(sign(null, approvalMessage('approve', shown.over), privateKey));
    await commandLine.approve(id, { keyId: 'k', signature });
    expect((await waiting).state).toBe('approved');
    const others = await Promise.all([service(), service(), service()]);
    const claims = await Promise.allSettled([gateway, ...others].map((each) => each.claim(id, call, () => 'confirm')));
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect((await service()).claim(id, call, () => 'allow')).rejects.toEqual(code('APPROVAL_REPLAYED'));
  });
});

describe('lockout on the database', () => {
  verifies('XR-LOCK-1');

  it('holds over a restart', async () => {
    const open = await setUp();
    const first = await open();
    const lockout = await Lockout.open(first.lockouts);
    for (let i = 0; i < 5; i++) await lockout.fail('a', 1_000_000 + i);
    await first.close();
    const restarted = await Lockout.open((await open()).lockouts);
    expect(restarted.check('a', 1_000_010)).toMatchObject({ allowed: false, reason: 'locked', retryAfter: 1_800 });
    expect(restarted.check('b', 1_000_010)).toEqual({ allowed: true });
  });

  it('denies where the database is gone', async () => {
    verifies('XR-FAIL-1');
    const database = await (await setUp())();
    const lockout = await Lockout.open(database.lockouts);
    await database.close();
    expect(await lockout.fail('a', 1_000)).toMatchObject({ allowed: false, reason: 'unsaved' });
  });
});
