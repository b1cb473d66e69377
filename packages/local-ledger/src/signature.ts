import { decodeAccountID } from 'ripple-address-codec';
import { encodeForMultisigning, encodeForSigning } from 'ripple-binary-codec';
import { deriveAddress, verify } from 'ripple-keypairs';
import { LSF } from './entry.ts';
import { signerListIndex } from './keylet.ts';
import { MAX_SIGNERS } from './limits.ts';
import type { ResultName } from './result.ts';
import type { Tx } from './transaction.ts';
import type { View } from './view.ts';

/** Why the signatures of a transaction are not genuine, or undefined where each one is (rippled: STTx::checkSign). */
export function signatureFault(tx: Tx): string | undefined {
  if (tx.SigningPubKey !== '') {
    if (tx.Signers !== undefined) return 'Cannot both single- and multi-sign.';
    return isGenuine(encodeForSigning(tx as object), tx.TxnSignature, tx.SigningPubKey)
      ? undefined
      : 'Invalid signature.';
  }
  if (tx.TxnSignature !== undefined) return 'Cannot both single- and multi-sign.';
  const signers = tx.Signers ?? [];
  if (signers.length === 0) return 'Invalid signature.';
  if (signers.length > MAX_SIGNERS) return 'Invalid Signers array size.';
  let last: Uint8Array | undefined;
  for (const { Signer } of signers) {
    if (Signer.Account === tx.Account) return 'Invalid multisigner.';
    const id = decodeAccountID(Signer.Account);
    // Ordered by the bytes of the AccountID, never by the text of the address.
    const order = last === undefined ? -1 : Buffer.compare(last, id);
    if (order === 0) return 'Duplicate Signers not allowed.';
    if (order > 0) return 'Unsorted Signers array.';
    last = id;
    const message = encodeForMultisigning(tx as object, Signer.Account);
    if (!isGenuine(message, Signer.TxnSignature, Signer.SigningPubKey)) {
      return `Invalid signature on account ${Signer.Account}.`;
    }
  }
  return undefined;
}

function isGenuine(message: string, signature: string | undefined, publicKey: string): boolean {
  if (signature === undefined || signature === '' || publicKey === '') return false;
  try {
    return verify(message, signature, publicKey);
  } catch {
    return false;
  }
}

/** Whether the keys that signed may sign for the account (rippled: Transactor::checkSign). */
export function checkAuthority(tx: Tx, view: View): ResultName {
  return tx.SigningPubKey === '' ? checkMultiAuthority(tx, view) : checkSingleAuthority(tx, view);
}

function checkSingleAuthority(tx: Tx, view: View): ResultName {
  const account = view.need(tx.Account);
  const signer = deriveAddress(tx.SigningPubKey);
  if (account.RegularKey !== undefined && signer === account.RegularKey) return 'tesSUCCESS';
  if (signer !== tx.Account) return 'tefBAD_AUTH';
  return (account.Flags & LSF.DisableMaster) === 0 ? 'tesSUCCESS' : 'tefMASTER_DISABLED';
}

function checkMultiAuthority(tx: Tx, view: View): ResultName {
  const list = view.find('SignerList', signerListIndex(tx.Account));
  if (list === undefined) return 'tefNOT_MULTI_SIGNING';
  const weights = new Map(list.SignerEntries.map(({ SignerEntry }) => [SignerEntry.Account, SignerEntry.SignerWeight]));
  let sum = 0;
  for (const { Signer } of tx.Signers ?? []) {
    const weight = weights.get(Signer.Account);
    if (weight === undefined) return 'tefBAD_SIGNATURE';
    const account = view.account(Signer.Account);
    if (deriveAddress(Signer.SigningPubKey) === Signer.Account) {
      // A signer need not exist on the ledger; where it does, its master key must be in use.
      if (account !== undefined && (account.Flags & LSF.DisableMaster) !== 0) return 'tefMASTER_DISABLED';
    } else if (account?.RegularKey === undefined || account.RegularKey !== deriveAddress(Signer.SigningPubKey)) {
      return 'tefBAD_SIGNATURE';
    }
    sum += weight;
  }
  return sum >= list.SignerQuorum ? 'tesSUCCESS' : 'tefBAD_QUORUM';
}

/** Whether the account's own master key signed alone: some changes ask for it. */
export function isSignedByMaster(tx: Tx): boolean {
  return tx.SigningPubKey !== '' && deriveAddress(tx.SigningPubKey) === tx.Account;
}
