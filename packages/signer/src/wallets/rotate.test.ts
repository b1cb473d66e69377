import { TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import {
  BACKUP_PASSWORD,
  Consent,
  connectTo,
  fund,
  ledgerHandlers,
  openTestSigner,
  PASSWORD,
  secret,
  temporaryHome,
} from '../fixture.ts';

const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
} as const;
const why = { reason: 'scheduled', description: null, createBackup: true, force: false, approvalId: null } as const;
const secrets = () => [secret(PASSWORD), secret(BACKUP_PASSWORD)];

async function prepare() {
  const home = await temporaryHome();
  const consent = new Consent();
  const ledger = new TestLedger();
  const signer = await openTestSigner(home, consent);
  const steps: string[] = [];
  const operator = await connectTo(signer.operatorSocket, {
    ledger: ledgerHandlers(ledger),
    onProgress: ({ step }) => steps.push(step),
  });
  const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
  const ref = { network: 'local', address } as const;
  fund(ledger, address);
  const [file] = (await operator.request('wallet.backup', ref, secrets())).attachments;
  const { wallet } = (await operator.request('wallet.secure', ref, [...secrets(), file!])).result;
  steps.length = 0;
  return { home, consent, ledger, signer, operator, ref, steps, oldKey: wallet.keys[0]! };
}

const onLedger = async (ledger: TestLedger, address: string) =>
  (await ledgerHandlers(ledger)['ledger.facts']({ network: 'local', address })).regularKey;

describe('a rotation of the regular key', () => {
  verifies('XR-WAL-5', 'CM-KMS-2');

  test('takes every step, with consent, and hands out the new backup', async () => {
    const { operator, ref, ledger, steps, oldKey } = await prepare();
    const { result, attachments } = await operator.request('wallet.rotate', { ...ref, ...why }, secrets());
    expect(result).toMatchObject({ status: 'rotated', step: 'COMPLETED', approval: null });
    expect(steps).toEqual([
      'INITIATED',
      'KEY_GENERATED',
      'APPROVAL_PENDING',
      'APPROVAL_GRANTED',
      'APPROVAL_GRANTED',
      'TX_SUBMITTED',
      'TX_VALIDATED',
      'KEY_STORED',
      'BACKUP_CREATED',
      'OLD_KEY_DELETED',
      'COMPLETED',
    ]);
    expect(attachments).toHaveLength(1);
    const { wallets } = (await operator.request('wallets.list', { network: null })).result;
    const [key] = wallets[0]!.keys;
    expect(wallets[0]!.keys).toHaveLength(1);
    expect(key!.keyId).not.toBe(oldKey.keyId);
    expect(key!.publicKey).toBe(result.newPublicKey);
    expect(await onLedger(ledger, ref.address)).toBe(key!.address);
    await expect(operator.request('wallet.rotate', { ...ref, ...why }, secrets())).rejects.toMatchObject({
      code: 'VAULT_ROTATION_COOLDOWN',
    });
  });

  test('waits for people, over restarts, and turns back where they say no', async () => {
    const { operator, consent, ref, ledger, oldKey, signer, home } = await prepare();
    consent.rotation = 'pending';
    const first = await operator.request('wallet.rotate', { ...ref, ...why }, secrets());
    expect(first.result).toMatchObject({
      status: 'pending_approval',
      step: 'APPROVAL_PENDING',
      approval: { kind: 'rotation' },
    });
    await signer.close();
    const next = await openTestSigner(home, consent);
    const again = await connectTo(next.operatorSocket, { ledger: ledgerHandlers(ledger) });
    expect((await again.request('wallet.rotate', { ...ref, ...why }, secrets())).result.status).toBe(
      'pending_approval',
    );
    expect(consent.rotations.size).toBe(1);
    consent.rotation = 'denied';
    expect((await again.request('wallet.rotate', { ...ref, ...why }, secrets())).result.status).toBe('rolled_back');
    expect(await onLedger(ledger, ref.address)).toBe(oldKey.address);
  });

  test.each([1, 2, 3, 4, 5])('goes on after the ledger’s client dies at its question %i', async (death) => {
    const { consent, ref, ledger, signer, home } = await prepare();
    const honest = ledgerHandlers(ledger);
    let calls = 0;
    // It asks five times: facts, submit, outcome, and facts before each key is stored and destroyed.
    const sent = new Set<string>();
    const dying = async (name: keyof typeof honest, params: never): Promise<never> => {
      const isLast = ++calls === death;
      if (name === 'ledger.submit') sent.add((params as { blob: string }).blob);
      if (isLast && death % 2 === 1) throw new Error('died');
      const answer = await honest[name](params);
      if (isLast) throw new Error('died');
      return answer as never;
    };
    const ledgerOf = {
      'ledger.facts': (params: unknown) => dying('ledger.facts', params as never),
      'ledger.submit': (params: unknown) => dying('ledger.submit', params as never),
      'ledger.outcome': (params: unknown) => dying('ledger.outcome', params as never),
    };
    const first = await connectTo(signer.operatorSocket, { ledger: ledgerOf });
    await first.request('wallet.rotate', { ...ref, ...why }, secrets()).catch(() => undefined);
    await signer.close();
    const next = await openTestSigner(home, consent);
    const second = await connectTo(next.operatorSocket, { ledger: ledgerOf });
    const { result } = await second.request('wallet.rotate', { ...ref, ...why, force: true }, secrets());
    expect(result.status).toBe('rotated');
    const { wallets } = (await second.request('wallets.list', { network: null })).result;
    expect(await onLedger(ledger, ref.address)).toBe(wallets[0]!.keys[0]!.address);
    // A rotation that was over before its client died makes room for another; each sends one transaction.
    expect(sent.size).toBe(consent.rotations.size);
  });
});
