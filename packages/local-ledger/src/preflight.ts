import { encode } from 'ripple-binary-codec';
import { GENESIS_DROPS, LAST_LEGACY_NETWORK_ID, MAX_MEMO_BYTES } from './limits.ts';
import type { ResultName } from './result.ts';
import { signatureFault } from './signature.ts';
import type { Tx } from './transaction.ts';
import { TRANSACTORS } from './transactors/index.ts';

/** tfFullyCanonicalSig: accepted on every type, without effect by now. */
const UNIVERSAL_FLAGS = 0x8000_0000;
const NO_ACCOUNT = 'rrrrrrrrrrrrrrrrrrrrrhoLvTp';

/** What can be said of a transaction alone (rippled: Transactor::preflight1, the type's own, preflight2). */
export function preflight(tx: Tx, networkId: number): ResultName {
  const network = checkNetwork(tx, networkId);
  if (network !== 'tesSUCCESS') return network;
  const transactor = Object.hasOwn(TRANSACTORS, tx.TransactionType) ? TRANSACTORS[tx.TransactionType] : undefined;
  if (transactor === undefined) return 'temDISABLED';
  if (tx.Account === NO_ACCOUNT) return 'temBAD_SRC_ACCOUNT';
  if (!/^\d+$/.test(tx.Fee) || BigInt(tx.Fee) > GENESIS_DROPS) return 'temBAD_FEE';
  if (tx.SigningPubKey !== '' && !/^(?:ED|02|03)[0-9A-F]{64}$/.test(tx.SigningPubKey)) return 'temBAD_SIGNATURE';
  if (tx.TicketSequence !== undefined && tx.Sequence !== 0) return 'temSEQ_AND_TICKET';
  if (tx.TicketSequence !== undefined && tx.AccountTxnID !== undefined) return 'temINVALID';
  const unknown = (tx.Flags ?? 0) & ~((transactor.flags ?? 0) | UNIVERSAL_FLAGS);
  if (unknown !== 0) return 'temINVALID_FLAG';
  if (tx.Memos !== undefined && encode({ Memos: tx.Memos }).length / 2 > MAX_MEMO_BYTES) return 'temINVALID';
  const own = transactor.preflight(tx);
  if (own !== 'tesSUCCESS') return own;
  return signatureFault(tx) === undefined ? 'tesSUCCESS' : 'temBAD_SIGNATURE';
}

function checkNetwork(tx: Tx, networkId: number): ResultName {
  if (networkId <= LAST_LEGACY_NETWORK_ID) {
    return tx.NetworkID === undefined ? 'tesSUCCESS' : 'telNETWORK_ID_MAKES_TX_NON_CANONICAL';
  }
  if (tx.NetworkID === undefined) return 'telREQUIRES_NETWORK_ID';
  return tx.NetworkID === networkId ? 'tesSUCCESS' : 'telWRONG_NETWORK';
}
