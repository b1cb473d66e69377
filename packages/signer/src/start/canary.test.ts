import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { concatBytes, utf8 } from '@wardmesh/core';
import { TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { connectTo, fund, ledgerHandlers, secret } from '../fixture.ts';
import { frameHead } from '../wire/frame.ts';
import { filesBelow, nodeProcess, type Running, startTestSigner } from './process.fixture.ts';

const CANARIES = {
  password: 'Canary-password-41',
  next: 'Canary-password-42',
  backup: 'Canary-backup-4243',
  wrong: 'Canary-wrong-434343',
  seed: 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2',
  words: 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about',
} as const;
/** The secret bytes behind the seed, as hex in both cases: what a derived key would show. */
const NEEDLES = Object.entries(CANARIES).flatMap(([name, text]) => {
  const bytes = Buffer.from(text);
  return [
    text,
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64').slice(0, -4),
    bytes.toString('base64url').slice(0, -4),
  ].map((needle) => [name, Buffer.from(needle)] as const);
});

/** Names of the canaries that stand in these bytes. */
function found(bytes: Uint8Array): string[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [...new Set(NEEDLES.filter(([, needle]) => haystack.includes(needle)).map(([name]) => name))];
}

describe('secrets', () => {
  verifies('CH-TEE-1', 'XR-MEM-1', 'XR-MEM-2');

  test('stand in no answer, error, log line, file or process table, in any spelling', { timeout: 60_000 }, async () => {
    const running: Running = await startTestSigner();
    const { signer, home, lines } = running;
    const ledger = new TestLedger();
    const heard: Uint8Array[] = [];
    const operator = await connectTo(signer.operatorSocket, {
      ledger: ledgerHandlers(ledger),
      onProgress: (progress) => heard.push(utf8(JSON.stringify(progress))),
    });
    const hear = async (work: Promise<{ result: unknown; attachments: readonly Uint8Array[] }>) => {
      const outcome = await work.catch((error: Error & { toJSON?: () => object }) => ({
        result: { ...error.toJSON?.(), message: error.message, stack: error.stack },
        attachments: [],
      }));
      heard.push(utf8(JSON.stringify(outcome.result)), ...outcome.attachments);
      return outcome as { result: Record<string, never>; attachments: readonly Uint8Array[] };
    };
    const wish = {
      network: 'local',
      name: 'till',
      algorithm: null,
      policy: null,
      kind: 'agent',
      purpose: null,
      approvalId: null,
    } as const;
    const { address } = (await operator.request('wallet.create', wish, [secret(CANARIES.password)])).result.wallet;
    const ref = { network: 'local', address } as const;
    fund(ledger, address);
    await hear(operator.request('wallet.unlock', ref, [secret(CANARIES.wrong)]));
    await hear(operator.request('wallet.unlock', ref, [secret(CANARIES.password)]));
    await hear(operator.request('secret.inspect', { algorithm: null }, [secret(CANARIES.seed)]));
    await hear(operator.request('secret.inspect', { algorithm: null }, [secret(CANARIES.words)]));
    await hear(operator.request('secret.inspect', { algorithm: null }, [secret(`${CANARIES.words} more`)]));
    const old = {
      network: 'local',
      name: 'old',
      algorithm: null,
      confirmedAddress: 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL',
      regularKeyOf: null,
      policy: null,
      approvalId: null,
    } as const;
    await hear(
      operator.request('wallet.import', { ...old, confirmedAddress: address }, [
        secret(CANARIES.password),
        secret(CANARIES.seed),
      ]),
    );
    await hear(operator.request('wallet.import', old, [secret(CANARIES.password), secret(CANARIES.seed)]));
    const { attachments } = await hear(
      operator.request('wallet.backup', ref, [secret(CANARIES.password), secret(CANARIES.backup)]),
    );
    await hear(
      operator.request('wallet.secure', ref, [
        secret(CANARIES.password),
        secret(CANARIES.backup),
        attachments[0]!.slice(),
      ]),
    );
    await hear(operator.request('wallet.password', ref, [secret(CANARIES.password), secret(CANARIES.next)]));
    // A person's slips: a secret as a name, as a parameter, as a method, as a policy, in another attachment's place.
    await hear(operator.request('wallet.create', { ...wish, name: CANARIES.seed }, [secret(CANARIES.password)]));
    await hear(
      operator.request('wallet.unlock', { network: 'local', address: CANARIES.seed }, [secret(CANARIES.password)]),
    );
    await hear(
      operator.request('wallet.unlock', { ...ref, password: CANARIES.password } as never, [secret(CANARIES.password)]),
    );
    await hear(operator.request(CANARIES.password as 'status', {}));
    await hear(
      operator.request('wallet.create', { ...wish, name: 'x', policy: CANARIES.words }, [secret(CANARIES.password)]),
    );
    await hear(
      operator.request('wallet.restore', { network: 'local', name: 'y', confirmedAddress: address, policy: null }, [
        secret(CANARIES.words),
        secret(CANARIES.backup),
        secret(CANARIES.next),
      ]),
    );
    const agent = await connectTo(signer.agentSocket);
    await hear(agent.request('wallet.unlock', ref, [secret(CANARIES.password)]));
    await hear(
      agent.request('operator.ask', {
        kind: 'import',
        network: 'local',
        address: null,
        principal: 'agent',
        name: null,
        policy: null,
        reason: `import ${CANARIES.seed}`,
        force: false,
      }),
    );
    await hear(operator.request('approvals.list', { open: true }));
    await hear(operator.request('status', {}));
    // A frame that is cut off within its secret, and garbage that holds one.
    for (const bytes of [
      concatBytes(
        frameHead(utf8('{"jsonrpc":"2.0","id":1,"method":"wallet.unlock","params":{},"attachments":[40]}'), 40),
        utf8(CANARIES.password),
      ),
      concatBytes(frameHead(utf8(`{"${CANARIES.password}`), 0)),
    ]) {
      const socket = connect(signer.operatorSocket);
      await new Promise((resolve) => socket.write(bytes, resolve));
      socket.destroy();
    }
    const pid = nodeProcess(running);
    heard.push(...['cmdline', 'environ', 'status', 'limits'].map((name) => readFileSync(`/proc/${pid}/${name}`)));
    // Dies with all of it in memory: nothing of that may reach the disk.
    process.kill(pid, 'SIGSEGV');
    await operator.closed;
    await expect.poll(() => lines.some(({ message }) => message === 'the signer ended')).toBe(true);

    expect(heard.flatMap(found)).toEqual([]);
    expect(lines.flatMap((line) => found(utf8(JSON.stringify(line))))).toEqual([]);
    const files = filesBelow(home);
    expect(files.length).toBeGreaterThan(8);
    expect(files.flatMap(({ path, bytes }) => found(bytes).map((name) => [name, path]))).toEqual([]);

    // The rig sees what it looks for.
    writeFileSync(join(home, 'planted'), Buffer.from(`x ${Buffer.from(CANARIES.seed).toString('hex')} x`));
    expect(filesBelow(home).flatMap(({ bytes }) => found(bytes))).toEqual(['seed']);
  });
});
