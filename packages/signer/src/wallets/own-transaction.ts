import { createHash } from 'node:crypto';
import { toHex } from '@wardmesh/core';
import type { PreparedTransaction } from '@wardmesh/vault';
import { encode, encodeForSigning } from 'ripple-binary-codec';
import type { AuthorityService, Network } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import { MAX_OWN_FEE, OPERATOR_LEDGERS } from '../limits.ts';
import type { LedgerFacts } from '../protocol/parts.ts';
import type { WalletBook } from './book.ts';

/** Networks above this id name themselves in each transaction (XRPL NetworkID field). */
const LAST_LEGACY_NETWORK_ID = 1_024;
/** `TXN\0`: the prefix of a transaction's id. */
const TRANSACTION_ID = Buffer.from('54584E00', 'hex');
/** asfDisableMaster of AccountSet. */
const DISABLE_MASTER = 4;

/** The two transactions that the signer makes of its own: they change who signs, and move nothing but their fee. */
export type OwnTransaction =
  | { readonly TransactionType: 'SetRegularKey'; readonly RegularKey: string }
  | { readonly TransactionType: 'AccountSet'; readonly SetFlag: typeof DISABLE_MASTER };

export const disableMaster: OwnTransaction = { TransactionType: 'AccountSet', SetFlag: DISABLE_MASTER };

/**
 * Completes one of them from what the asker knows of the ledger and signs it. Wrong facts make a transaction that no
 * ledger takes. Its Sequence is taken and counted first, as an agent's is.
 * @param keyId the key that signs; the active one where left out
 */
export async function signOwn(
  { book, authority }: { readonly book: WalletBook; readonly authority: AuthorityService },
  wallet: { readonly network: Network; readonly address: string },
  fields: OwnTransaction,
  facts: LedgerFacts,
  keyId?: string,
): Promise<PreparedTransaction> {
  if (BigInt(facts.fee) > MAX_OWN_FEE) {
    throw signerError('LEDGER_REFUSED', 'the ledger asks for a fee of more than 1 XRP', {
      hint: 'Wait until it is less busy.',
    });
  }
  const active = book.keysOf(book.find(wallet.network, wallet.address)).filter(({ state }) => state === 'active');
  const key =
    active.find((each) => (keyId === undefined ? each.role === 'regular' : each.keyId === keyId)) ?? active[0];
  const { sequence, lastLedgerSequence } = await authority.takeSequence({
    network: wallet.network,
    address: wallet.address,
    act: fields.TransactionType === 'SetRegularKey' ? 'set_regular_key' : 'disable_master',
    facts,
    ledgersAhead: OPERATOR_LEDGERS,
  });
  const transaction = {
    ...fields,
    Account: wallet.address,
    Sequence: sequence,
    Fee: facts.fee,
    LastLedgerSequence: lastLedgerSequence,
    SigningPubKey: key?.publicKey ?? '',
    ...(facts.networkId > LAST_LEGACY_NETWORK_ID && { NetworkID: facts.networkId }),
  };
  const message = Buffer.from(encodeForSigning(transaction), 'hex');
  const signature = await book.signWith(wallet.network, wallet.address, message, keyId);
  const blob = encode({ ...transaction, TxnSignature: toHex(signature.signature).toUpperCase() });
  return { blob, hash: hashOf(blob), lastLedgerSequence };
}

/** SHA-512Half of the prefix and the signed bytes. */
function hashOf(blob: string): string {
  const digest = createHash('sha512').update(TRANSACTION_ID).update(Buffer.from(blob, 'hex')).digest();
  return digest.subarray(0, 32).toString('hex').toUpperCase();
}
