import { verifies } from '@wardmesh/testkit';
import { decode, encodeForSigning } from 'ripple-binary-codec';
import { verify } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { BOB, code, rig, testKey, XRP } from './fixture.ts';

describe('sign.request', () => {
  verifies('XR-WAL-2');

  test.each(['ed25519', 'secp256k1'] as const)(
    'signs in tier 1, and the ledger would take it (%s)',
    async (algorithm) => {
      const { ask, pay, log, address } = await rig({ algorithm });
      const answer = await ask(pay(10n * XRP));
      if (answer.status !== 'approved') throw new Error(answer.status);
      const { TxnSignature, ...transaction } = decode(answer.signed.signedTx) as Record<string, string>;
      expect(transaction).toMatchObject({
        Account: address,
        Destination: BOB,
        Sequence: 7,
        LastLedgerSequence: 1_020,
        Fee: '12',
      });
      expect(verify(encodeForSigning(transaction), TxnSignature!, transaction.SigningPubKey!)).toBe(true);
      expect(answer.decision).toMatchObject({ tier: 1, reasons: [] });
      expect(log.signed).toHaveLength(1);
      expect(log.signed[0]!.receipt?.effect).toMatchObject({ status: 'ok', tx: `xrpl:1:${answer.signed.hash}` });
      expect(log.signed[0]!.id).toBe(answer.signed.entry);
    },
  );

  test('the same bytes again: the same signature, counted once', async () => {
    const { ask, pay, authority, keys, restart, wallet } = await rig();
    const blob = pay(10n * XRP, { Sequence: 7, LastLedgerSequence: 1_100, Fee: '12' });
    const first = await ask(blob);
    const again = await Promise.all([ask(blob), ask(blob), ask(blob)]);
    for (const answer of again) expect(answer).toEqual(first);
    await restart();
    expect(await ask(blob)).toEqual(first);
    expect(keys.signatures).toHaveLength(1);
    const { spentToday } = await (await restart()).answer('limits.get', {
      network: wallet.network,
      address: wallet.address,
    });
    expect(spentToday).toBe((10n * XRP + 12n).toString());
    expect(authority).toBeDefined();
  });

  test('a foreign SigningPubKey is refused, the own one and an empty one are taken', async () => {
    const { ask, pay, key } = await rig();
    await expect(ask(pay(1n, { SigningPubKey: testKey(2).publicKey }))).rejects.toMatchObject(
      code('SIGNING_KEY_MISMATCH'),
    );
    expect((await ask(pay(1n, { SigningPubKey: key.publicKey }))).status).toBe('approved');
    expect((await ask(pay(1n, { SigningPubKey: '' }))).status).toBe('approved');
  });
});
