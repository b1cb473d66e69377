import { err, type JsonObject, ok, type Result } from '@wardmesh/core';
import { encode, encodeForMultisigning } from 'ripple-binary-codec';
import { deriveAddress, verify } from 'ripple-keypairs';
import { WalletError } from '../error.ts';
import type { Address } from '../xrpl/address.ts';
import { decodeStrict } from '../xrpl/decode.ts';
import type { Intent } from '../xrpl/intent.ts';
import { checkSignerList, compareSigners, type SignerList } from './signer-list.ts';

/** One signature of a multisigned transaction, as it stands in `Signers`. Hex, any case. */
export interface SignerSignature {
  readonly account: Address;
  readonly signingPublicKey: string;
  readonly signature: string;
}

/** Least fee of a transaction with `signers` signatures: (N + 1) × base, drops. */
export function multisignFee(base: bigint, signers: number): bigint {
  return BigInt(signers + 1) * base;
}

/** What a signer signs: `SMT\0`, the transaction with an empty SigningPubKey, the signer's AccountID. Upper-case hex. */
export function multisignBytes(intent: Intent, signer: Address): string {
  return encodeForMultisigning({ ...intent.transaction, SigningPubKey: '' }, signer);
}

/**
 * Verifies one signature over the exact transaction: the signer is on the list, the key is the signer's master key or
 * one that the list names for it, and the signature verifies (W11).
 * @returns INVALID_SIGNER, SIGNATURE_INVALID
 */
export function verifySignature(
  intent: Intent,
  list: SignerList,
  given: SignerSignature,
): Result<{ weight: number }, WalletError> {
  const entry = list.signers.find(({ address }) => address === given.account);
  if (entry === undefined) return err(new WalletError('INVALID_SIGNER', `${given.account} is not on the signer list`));
  const key = given.signingPublicKey.toUpperCase();
  const signature = given.signature.toUpperCase();
  if (!/^(?:ED|02|03)[0-9A-F]{64}$/.test(key)) return err(new WalletError('INVALID_SIGNER', 'not a public key'));
  if (!/^(?:[0-9A-F]{2}){8,72}$/.test(signature)) return err(new WalletError('SIGNATURE_INVALID', 'not a signature'));
  const isRegular = entry.regularKeys?.some((regular) => regular.toUpperCase() === key) === true;
  try {
    if (!isRegular && deriveAddress(key) !== entry.address) {
      return err(new WalletError('INVALID_SIGNER', `the key does not sign for ${entry.address}`));
    }
    if (verify(multisignBytes(intent, entry.address), signature, key)) return ok({ weight: entry.weight });
  } catch {
    // A malformed key or signature makes the library throw; it is as invalid as a wrong one.
  }
  return err(new WalletError('SIGNATURE_INVALID', `the signature of ${given.account} is not over this transaction`));
}

/** A quorum reached. */
export interface MultisignedTransaction {
  /** The signed blob, upper-case hex. */
  readonly blob: string;
  readonly weight: number;
  /** In the ledger's order. */
  readonly signers: readonly Address[];
}

/**
 * Puts signatures together into a transaction that the ledger takes: every one verified over exactly this transaction,
 * no signer twice, weight at least the quorum, fee enough for their number, signers in the ledger's order.
 * @param baseFee the ledger's base fee, drops.
 * @returns INVALID_SIGNER_LIST, INVALID_SIGNER, DUPLICATE_SIGNATURE, SIGNATURE_INVALID, QUORUM_NOT_MET, FEE_TOO_LOW,
 *   TRANSACTION_MISMATCH where the transaction names a single signing key
 */
export function combineSignatures(
  intent: Intent,
  list: SignerList,
  signatures: readonly SignerSignature[],
  baseFee: bigint,
): Result<MultisignedTransaction, WalletError> {
  const checked = checkSignerList(list, intent.account);
  if (!checked.ok) return checked;
  if (intent.signingPublicKey !== '') {
    return err(new WalletError('TRANSACTION_MISMATCH', 'a multisigned transaction has an empty SigningPubKey'));
  }
  let weight = 0;
  const seen = new Set<string>();
  for (const given of signatures) {
    if (seen.has(given.account)) {
      return err(new WalletError('DUPLICATE_SIGNATURE', `${given.account} has signed already`));
    }
    seen.add(given.account);
    const verified = verifySignature(intent, list, given);
    if (!verified.ok) return verified;
    weight += verified.value.weight;
  }
  if (weight < list.quorum) {
    return err(new WalletError('QUORUM_NOT_MET', `a weight of ${weight} of ${list.quorum}`));
  }
  const least = multisignFee(baseFee, signatures.length);
  if (intent.fee < least) {
    return err(new WalletError('FEE_TOO_LOW', `${signatures.length} signatures need a fee of ${least} drops`));
  }
  const ordered = signatures.toSorted((a, b) => compareSigners(a.account, b.account));
  const Signers = ordered.map(({ account, signingPublicKey, signature }) => ({
    Signer: { Account: account, SigningPubKey: signingPublicKey.toUpperCase(), TxnSignature: signature.toUpperCase() },
  }));
  const blob = encode({ ...intent.transaction, SigningPubKey: '', Signers });
  return ok({ blob, weight, signers: ordered.map(({ account }) => account) });
}

/**
 * The signatures in a multisigned blob that someone handed in, held to the transaction that was approved: every field
 * but `Signers` must be the same.
 * @returns what {@link decodeStrict} refuses, TRANSACTION_MISMATCH
 */
export function signaturesOf(intent: Intent, signedBlob: string): Result<readonly SignerSignature[], WalletError> {
  const decoded = decodeStrict(signedBlob);
  if (!decoded.ok) return decoded;
  const { Signers, ...rest } = decoded.value.transaction;
  const mismatch = () =>
    err(new WalletError('TRANSACTION_MISMATCH', 'the blob is not of the transaction that was approved'));
  const expected = encode({ ...intent.transaction, SigningPubKey: '' });
  if (!Array.isArray(Signers) || encode({ ...rest }) !== expected) return mismatch();
  const found: SignerSignature[] = [];
  for (const item of Signers as readonly JsonObject[]) {
    const signer = item.Signer as JsonObject | undefined;
    if (
      typeof signer?.Account !== 'string' ||
      typeof signer.SigningPubKey !== 'string' ||
      typeof signer.TxnSignature !== 'string'
    ) {
      return mismatch();
    }
    found.push({
      account: signer.Account as Address,
      signingPublicKey: signer.SigningPubKey,
      signature: signer.TxnSignature,
    });
  }
  return ok(found);
}
