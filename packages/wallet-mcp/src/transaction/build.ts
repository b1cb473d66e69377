import { type JsonObject, sanitise, toHex, utf8 } from '@wardmesh/core';
import { parseDrops, parseXrp } from '@wardmesh/wallet';
import { encode } from 'ripple-binary-codec';
import { WalletMcpError } from '../error.ts';
import { MAX_MEMO_BYTES } from '../limits.ts';

/** An amount given once, in drops or in XRP, exactly. @throws INVALID_AMOUNT, AMOUNT_OUT_OF_RANGE */
export function readAmount(given: { amount_drops?: string | undefined; amount_xrp?: string | undefined }): bigint {
  const { amount_drops: inDrops, amount_xrp: inXrp } = given;
  if ((inDrops === undefined) === (inXrp === undefined)) {
    throw new WalletMcpError('INVALID_AMOUNT', 'give the amount once: amount_drops or amount_xrp');
  }
  const parsed = inDrops === undefined ? parseXrp(inXrp ?? '') : parseDrops(inDrops);
  if (!parsed.ok) throw parsed.error;
  if (parsed.value === 0n) throw new WalletMcpError('INVALID_AMOUNT', 'an amount is at least one drop');
  return parsed.value;
}

/** One memo of plain text. What does not show is refused rather than removed: the signed bytes are what was asked for. @throws INVALID_MEMO */
export function memosOf(text: string | undefined): JsonObject {
  if (text === undefined || text === '') return {};
  if (sanitise(text) !== text) {
    throw new WalletMcpError('INVALID_MEMO', 'the memo holds control or hidden characters, or is not in Unicode NFC');
  }
  const bytes = utf8(text);
  if (bytes.length > MAX_MEMO_BYTES) {
    throw new WalletMcpError('INVALID_MEMO', `a memo has at most ${MAX_MEMO_BYTES} bytes`);
  }
  return { Memos: [{ Memo: { MemoData: toHex(bytes).toUpperCase() } }] };
}

/** One tag, where both an X-address and an argument may give it. @throws INVALID_ADDRESS where they differ */
export function tagOf(ofAddress: number | null, given: number | undefined): JsonObject {
  if (ofAddress !== null && given !== undefined && ofAddress !== given) {
    throw new WalletMcpError('INVALID_ADDRESS', 'destination_tag differs from the tag in the X-address');
  }
  const tag = given ?? ofAddress;
  return tag === null ? {} : { DestinationTag: tag };
}

/** The bytes to sign. Sequence, Fee, LastLedgerSequence and NetworkID stay open for the signer. @throws INVALID_TRANSACTION */
export function buildBlob(transaction: JsonObject): string {
  try {
    return encode(transaction);
  } catch (cause) {
    throw new WalletMcpError('INVALID_TRANSACTION', 'the transaction could not be built', { cause });
  }
}
