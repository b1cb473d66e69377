import { verifies } from '@wardmesh/testkit';
import type { Intent } from '@wardmesh/wallet';
import { multisignBytes, parseUnsigned } from '@wardmesh/wallet';
import { decode, encode } from 'ripple-binary-codec';
import { sign, verify } from 'ripple-keypairs';
import { describe, expect, test } from 'vitest';
import { BOB, code, type Rig, rig, type TestKey, testKey, XRP } from './fixture.ts';

const [DORA, EMIL, FINN] = [testKey(21), testKey(22, 'secp256k1'), testKey(23)] as const;
const T3 = 200_000n * XRP;

async function native(quorum = 2, list: readonly TestKey[] = [DORA, EMIL, FINN]) {
  const given = await rig({
    policy: (base) => ({
      ...base,
      cosign: { ...base.cosign, quorum: 3, signers: [DORA, EMIL, FINN].map(({ address }) => address as never) },
    }),
  });
  const signerList = { quorum, signers: list.map(({ address }) => ({ address, weight: 1 })) };
  const facts = given.facts({ signerList });
  const answer = await given.ask(given.pay(T3), { facts });
  if (answer.status !== 'pending_approval') throw new Error(answer.status);
  const { request } = await given.show(answer.approval.approvalId);
  const { blob } = (request.binding as { arguments: { blob: string } }).arguments;
  return { given, facts, approval: answer.approval, id: answer.approval.approvalId, blob };
}

const intentOf = (blob: string): Intent => {
  const parsed = parseUnsigned(blob);
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
};

/** The blob that a signer of the ledger hands in. */
function signedBy(key: TestKey, blob: string, change: (signature: string) => string = (same) => same): string {
  const message = multisignBytes(intentOf(blob), key.address as never);
  const Signer = {
    Account: key.address,
    SigningPubKey: key.publicKey,
    TxnSignature: change(sign(message, key.privateKey)),
  };
  return encode({ ...decode(blob), SigningPubKey: '', Signers: [{ Signer }] });
}

const cosign = (given: Rig, approvalId: string, blob: string) =>
  given.authority.answer('approvals.cosign', { approvalId, blob });

describe('a quorum of the ledger', () => {
  verifies('XR-MSIG-1', 'CH-TEE-3');

  test('signs one blob, with the fee of all signers and time enough, and comes out in the ledger’s order', async () => {
    const { given, id, blob, approval } = await native();
    expect(approval).toMatchObject({ status: 'pending', quorum: { collected: 0, required: 2 } });
    expect(approval.requiredSigners).toEqual([DORA, EMIL, FINN].map(({ address }) => address));
    expect(decode(blob)).toMatchObject({ SigningPubKey: '', Fee: '40', LastLedgerSequence: 1_000 + 28_800 });
    await cosign(given, id, signedBy(DORA, blob));
    await cosign(given, id, signedBy(DORA, blob));
    expect(await given.status(id)).toMatchObject({ status: 'pending', quorum: { collected: 1 } });
    await cosign(given, id, signedBy(EMIL, blob));
    const done = await given.status(id);
    if (done.signed === null) throw new Error(done.status);
    const { Signers, ...rest } = decode(done.signed.signedTx) as { Signers: { Signer: Record<string, string> }[] };
    expect(encode(rest as never)).toBe(blob);
    expect(Signers).toHaveLength(2);
    for (const { Signer } of Signers) {
      const message = multisignBytes(intentOf(blob), Signer.Account as never);
      expect(verify(message, Signer.TxnSignature!, Signer.SigningPubKey!)).toBe(true);
    }
    expect(given.log.signed[0]?.receipt?.approval?.by.toSorted()).toEqual([DORA.address, EMIL.address].sort());
    expect(given.keys.signatures).toEqual([]);
    expect(await given.status(id)).toEqual(done);
  });

  test('W11: takes no forged, foreign or borrowed signature, and after five no more at all', async () => {
    const { given, id, blob } = await native();
    const zero = () => '00'.repeat(64);
    const other = encode({ ...decode(blob), Destination: testKey(30).address, Amount: '1' });
    await expect(cosign(given, id, signedBy(DORA, other))).rejects.toMatchObject(code('TRANSACTION_MISMATCH'));
    await expect(cosign(given, id, signedBy(DORA, blob, zero))).rejects.toMatchObject(code('SIGNATURE_INVALID'));
    await expect(cosign(given, id, signedBy(testKey(31), blob))).rejects.toMatchObject(code('INVALID_SIGNER'));
    const borrowed = encode({
      ...decode(blob),
      Signers: [{ Signer: { Account: EMIL.address, SigningPubKey: DORA.publicKey, TxnSignature: 'AB'.repeat(64) } }],
    });
    await expect(cosign(given, id, borrowed)).rejects.toMatchObject(code('INVALID_SIGNER'));
    for (let i = 0; i < 2; i++) await cosign(given, id, signedBy(DORA, blob, zero)).catch(() => undefined);
    await expect(cosign(given, id, signedBy(DORA, blob))).rejects.toMatchObject(code('APPROVAL_LOCKED'));
    expect((await given.status(id)).signed).toBeNull();
  });

  test('an approver’s signature is none of the ledger’s, and a refusal ends it', async () => {
    const { given, id, blob } = await native();
    await expect(given.approve(given.ada, id)).rejects.toMatchObject(code('APPROVAL_WRONG_SIGNATURE'));
    await given.deny(given.ada, id);
    await expect(cosign(given, id, signedBy(DORA, blob))).rejects.toMatchObject(code('APPROVAL_DENIED'));
  });

  test('a list that the asker made up gives nobody a voice, nor fewer people than the policy asks for', async () => {
    const { given, id, blob } = await native(1);
    await cosign(given, id, signedBy(DORA, blob));
    expect((await given.status(id)).status).toBe('pending');
    // With a stranger on it, approvers decide instead.
    const stranger = await native(1, [DORA, testKey(40)]);
    expect(stranger.approval.requiredSigners).toEqual([]);
    await expect(cosign(stranger.given, stranger.id, signedBy(DORA, blob))).rejects.toMatchObject(
      code('APPROVAL_WRONG_SIGNATURE'),
    );
  });

  test('is the same request however far the ledger is, of this transaction only, and with a fee that can pay', async () => {
    const { given, facts, id, blob } = await native();
    const again = await given.ask(given.pay(T3), { facts: { ...facts, ledgerIndex: 1_005 } });
    expect(again).toMatchObject({ status: 'pending_approval', approval: { approvalId: id } });
    for (const key of [DORA, EMIL]) await cosign(given, id, signedBy(key, blob));
    await expect(given.ask(given.pay(T3 + 1n), { facts, approvalId: id })).rejects.toMatchObject(
      code('APPROVAL_MISMATCH'),
    );
    expect((await given.ask(given.pay(T3), { facts, approvalId: id })).status).toBe('approved');
    await expect(given.ask(given.pay(T3 + 2n, { Fee: '39' }), { facts })).rejects.toMatchObject(code('FEE_TOO_LOW'));
  });

  test('the wallet’s own regular key signs too where the list has it', async () => {
    const regular = testKey(50);
    const given = await rig({
      policy: (base) => ({
        ...base,
        cosign: { ...base.cosign, quorum: 2, signers: [DORA.address as never] },
      }),
    });
    given.keys.add(given.network, regular, {
      address: given.address,
      signing: { keyId: 'key-2', algorithm: 'ed25519', publicKey: regular.publicKey, address: regular.address },
    });
    const signerList = { quorum: 2, signers: [DORA, regular].map(({ address }) => ({ address, weight: 1 })) };
    const answer = await given.ask(given.pay(T3), { facts: given.facts({ signerList }) });
    const id = answer.status === 'pending_approval' ? answer.approval.approvalId : '';
    const { request } = await given.show(id);
    const { blob } = (request.binding as { arguments: { blob: string } }).arguments;
    await cosign(given, id, signedBy(DORA, blob));
    const { signed } = await given.status(id);
    const { Signers } = decode(signed!.signedTx) as { Signers: { Signer: { Account: string } }[] };
    expect(Signers.map(({ Signer }) => Signer.Account).sort()).toEqual([DORA.address, regular.address].sort());
    expect(decode(signed!.signedTx)).toMatchObject({ Destination: BOB });
  });
});
