import { canonicalBytes, equalBytes, err, fromHex, ok, type Result, toHex } from '@wardmesh/core';
import { type Checkpoint, parseCheckpoint } from '../checkpoint/checkpoint.ts';
import { COSIGNATURE_V1, ED25519, formatVkey, isKeyName, type NoteKey, noteKey, parseVkey } from '../checkpoint/key.ts';
import { cosignedAt, isSignedBy } from '../checkpoint/signature.ts';
import type { AuditEntry } from '../entry/types.ts';
import { fault, type VerifyFault } from '../fault.ts';
import { leafHash } from '../tree/hash.ts';
import { verifyInclusion } from '../tree/inclusion.ts';
import { entryOfReceipt } from './entry.ts';
import { parseReceipt } from './parse.ts';
import type { Receipt } from './types.ts';

export interface VerifyOptions {
  /** The log's verifier key, from a source the reader trusts. */
  readonly vkey?: string;
  /** The log's public key, 32 bytes; its name is then the checkpoint's origin. */
  readonly publicKey?: Uint8Array;
  /** vkeys of witnesses (type 4) whose cosignatures count. */
  readonly witnesses?: readonly string[];
  /** How many of them must have cosigned; none by default. A wrong cosignature of a known witness always fails. */
  readonly witnessesNeeded?: number;
}

/** What a verified receipt proves. */
export interface Facts {
  /** The entry, as the log holds it. */
  readonly entry: AuditEntry;
  readonly receipt: Receipt;
  readonly log: {
    readonly origin: string;
    readonly index: number;
    /** Leaves in the tree that was signed. */
    readonly size: number;
    /** 64 hex digits. */
    readonly root: string;
    readonly vkey: string;
  };
  /** `given`: the reader brought the key. `embedded`: the receipt did, which proves only that it agrees with itself. */
  readonly keyTrust: 'given' | 'embedded';
  /** Witnesses that cosigned; `time` in seconds since the epoch. */
  readonly witnesses: readonly { readonly name: string; readonly time: number }[];
}

/** Verifies a receipt offline. No clock, no network, no file: the answer depends on the arguments only (WM-RCP-1). */
export function verifyReceipt(input: unknown, options: VerifyOptions = {}): Result<Facts, VerifyFault> {
  const parsed = parseReceipt(input);
  if (!parsed.ok) return parsed;
  const receipt = parsed.value;
  const key = chooseKey(receipt, options);
  if (!key.ok) return key;
  const checkpoint = parseCheckpoint(receipt.log.checkpoint);
  if (!checkpoint.ok) return checkpoint;
  const signed = checkSignatures(receipt, checkpoint.value, key.value.key, options);
  if (!signed.ok) return signed;
  const entry = entryOfReceipt(receipt);
  const wrong = checkLeaf(receipt, entry, checkpoint.value);
  if (wrong !== undefined) return err(wrong);
  const { origin, size, root } = checkpoint.value;
  return ok({
    entry,
    receipt,
    log: { origin, index: receipt.log.index, size, root: toHex(root), vkey: formatVkey(key.value.key) },
    keyTrust: key.value.trust,
    witnesses: signed.value,
  });
}

function chooseKey(
  receipt: Receipt,
  options: VerifyOptions,
): Result<{ key: NoteKey; trust: Facts['keyTrust'] }, VerifyFault> {
  const { origin } = receipt.log;
  if (!isKeyName(origin)) return err(fault('RECEIPT_MALFORMED', 'the origin cannot name a log', 'receipt.log.origin'));
  const given = givenKey(origin, options);
  if (given !== undefined && !given.ok) return given;
  const embedded = receipt.log.key === undefined ? undefined : parseVkey(receipt.log.key);
  if (embedded !== undefined && !embedded.ok) {
    return err(fault('RECEIPT_MALFORMED', 'the embedded key is not one', 'receipt.log.key'));
  }
  const key = given?.value ?? embedded?.value;
  if (key === undefined) return err(fault('RECEIPT_NO_KEY', 'no key of the log was given and none is embedded'));
  if (key.type !== ED25519) return err(fault('RECEIPT_KEY_MALFORMED', 'the key is a witness key, not a log key'));
  if (key.name !== origin) return err(fault('RECEIPT_WRONG_LOG', 'the key is of another log'));
  if (embedded !== undefined && formatVkey(embedded.value) !== formatVkey(key)) {
    return err(fault('RECEIPT_WRONG_LOG', 'the embedded key is not the given one', 'receipt.log.key'));
  }
  return ok({ key, trust: given === undefined ? 'embedded' : 'given' });
}

function givenKey(origin: string, options: VerifyOptions): Result<NoteKey, VerifyFault> | undefined {
  const { vkey, publicKey } = options;
  if (publicKey !== undefined && (!(publicKey instanceof Uint8Array) || publicKey.length !== 32)) {
    return err(fault('RECEIPT_KEY_MALFORMED', 'a public key has 32 bytes'));
  }
  if (vkey === undefined) return publicKey === undefined ? undefined : ok(noteKey(origin, publicKey));
  const parsed = parseVkey(vkey);
  if (parsed.ok && publicKey !== undefined && !equalBytes(parsed.value.publicKey, publicKey)) {
    return err(fault('RECEIPT_KEY_MALFORMED', 'the verifier key and the public key differ'));
  }
  return parsed;
}

function checkSignatures(
  receipt: Receipt,
  checkpoint: Checkpoint,
  key: NoteKey,
  options: VerifyOptions,
): Result<Facts['witnesses'], VerifyFault> {
  if (checkpoint.origin !== receipt.log.origin) {
    return err(fault('RECEIPT_WRONG_LOG', 'the checkpoint is of another log', 'receipt.log.checkpoint'));
  }
  if (!isSignedBy(checkpoint.note, key)) {
    return err(fault('RECEIPT_CHECKPOINT_SIGNATURE', 'the checkpoint is not signed by the key of the log'));
  }
  const witnesses: { name: string; time: number }[] = [];
  // By public key: one witness listed twice, or under two names, is one witness.
  const seen = new Set<string>();
  for (const vkey of options.witnesses ?? []) {
    const witness = parseVkey(vkey);
    if (!witness.ok || witness.value.type !== COSIGNATURE_V1) {
      return err(fault('RECEIPT_KEY_MALFORMED', 'a witness key is not one', 'witnesses'));
    }
    const time = cosignedAt(checkpoint.note, witness.value);
    if (time === 'wrong') return err(fault('RECEIPT_WITNESS_MISSING', 'a cosignature of a known witness is wrong'));
    const identity = toHex(witness.value.publicKey);
    if (time === 'missing' || seen.has(identity)) continue;
    seen.add(identity);
    witnesses.push({ name: witness.value.name, time });
  }
  if (witnesses.length < (options.witnessesNeeded ?? 0)) {
    return err(fault('RECEIPT_WITNESS_MISSING', 'fewer witnesses cosigned the checkpoint than were asked for'));
  }
  return ok(witnesses);
}

function checkLeaf(receipt: Receipt, entry: AuditEntry, checkpoint: Checkpoint): VerifyFault | undefined {
  const { index, proof } = receipt.log;
  const leaf = leafHash(canonicalBytes(entry));
  if (`sha256:${toHex(leaf)}` !== receipt.log.leafHash) {
    return fault('RECEIPT_LEAF_MISMATCH', 'the content is not the leaf that the receipt claims');
  }
  // Sequences count from 1, leaves from 0; a receipt that says otherwise shows a place that is not its own.
  if (index !== receipt.chain.sequence - 1) {
    return fault('RECEIPT_PROOF_INVALID', 'the leaf index is not that of the sequence', 'receipt.log.index');
  }
  const path = proof.map((hash) => fromHex(hash.slice('sha256:'.length)));
  if (!verifyInclusion(leaf, index, checkpoint.size, path, checkpoint.root)) {
    return fault('RECEIPT_PROOF_INVALID', 'the proof does not lead from the leaf to the signed root');
  }
  return undefined;
}
