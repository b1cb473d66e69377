import { createHash } from 'node:crypto';
import { encode, encodeForMultisigning, encodeForSigning } from 'ripple-binary-codec';
import { deriveAddress, deriveKeypair, generateSeed, sign } from 'ripple-keypairs';
import { compareAccounts } from './keylet.ts';
import type { TestLedger } from './ledger.ts';
import { BASE_FEE, LAST_LEGACY_NETWORK_ID } from './limits.ts';
import { type TxSigner, transactionHash } from './transaction.ts';
import { View } from './view.ts';

/** A transaction's fields before they are complete. */
export type TxFields = Readonly<Record<string, unknown>> & { readonly TransactionType: string };

export interface SignedTx {
  readonly blob: string;
  readonly hash: string;
}

/** A key pair made from a name: the same in every run, and worth nothing anywhere else. */
export interface TestWallet {
  readonly address: string;
  readonly publicKey: string;
  readonly seed: string;
  sign(tx: object): SignedTx;
  /** One signature for a multisigned transaction, on behalf of `account` where this is its regular key. */
  cosign(tx: object, account?: string): TxSigner;
}

export function testWallet(name: string, algorithm: 'ed25519' | 'ecdsa-secp256k1' = 'ed25519'): TestWallet {
  return walletOfSeed(generateSeed({ entropy: createHash('sha256').update(name).digest().subarray(0, 16), algorithm }));
}

/** The wallet of a published seed; the seed itself says its algorithm. */
export function walletOfSeed(seed: string): TestWallet {
  const { publicKey, privateKey } = deriveKeypair(seed);
  const address = deriveAddress(publicKey);
  return {
    address,
    publicKey,
    seed,
    sign(tx) {
      const whole = { ...tx, SigningPubKey: publicKey };
      return finish({ ...whole, TxnSignature: sign(encodeForSigning(whole), privateKey) });
    },
    cosign(tx, account = address) {
      const message = encodeForMultisigning({ ...tx, SigningPubKey: '' }, account);
      return { Signer: { Account: account, SigningPubKey: publicKey, TxnSignature: sign(message, privateKey) } };
    },
  };
}

/** Puts signatures together in the order the ledger wants: by the bytes of the AccountID. */
export function combineSigners(tx: object, signers: readonly TxSigner[]): SignedTx {
  const sorted = signers.toSorted((a, b) => compareAccounts(a.Signer.Account, b.Signer.Account));
  return finish({ ...tx, SigningPubKey: '', Signers: sorted });
}

/** Completes a transaction as the open ledger wants it: sequence, fee, network and a last ledger 20 ahead. */
export function prepareTx(ledger: TestLedger, account: string, fields: TxFields, signatures = 0): TxFields & object {
  return {
    Account: account,
    Sequence: fields.TicketSequence === undefined ? (new View(ledger.openState).account(account)?.Sequence ?? 0) : 0,
    Fee: (BASE_FEE * BigInt(1 + signatures)).toString(),
    LastLedgerSequence: ledger.validated.header.ledger_index + 20,
    ...(ledger.networkId > LAST_LEGACY_NETWORK_ID && { NetworkID: ledger.networkId }),
    ...fields,
  };
}

function finish(tx: object): SignedTx {
  const blob = encode(tx);
  return { blob, hash: transactionHash(blob) };
}
