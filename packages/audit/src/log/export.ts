import { canonicalBytes, equalBytes, toHex } from '@wardmesh/core';
import {
  type AuditEntry,
  type ContentHash,
  isSignedBy,
  leafHash,
  noteKey,
  parseCheckpoint,
  type Receipt,
  receiptOfEntry,
} from '@wardmesh/verify';
import { auditError } from '../error.ts';
import type { MerkleTree } from '../tree/tree.ts';

/** The receipt of an entry under a signed checkpoint of `size` leaves. */
export async function exportEntry(
  entry: AuditEntry,
  tree: MerkleTree,
  log: { readonly origin: string; readonly size: number; readonly checkpoint: string; readonly vkey?: string },
): Promise<Receipt> {
  const index = entry.sequence - 1;
  const proof = await tree.inclusionProof(index, log.size);
  return receiptOfEntry(entry, {
    origin: log.origin,
    index,
    leafHash: hashText(leafHash(canonicalBytes(entry))),
    proof: proof.map(hashText),
    checkpoint: log.checkpoint,
    ...(log.vkey !== undefined && { key: log.vkey }),
  });
}

/** A checkpoint from outside, where it is one of this log and covers the entry. @throws AUDIT_NO_CHECKPOINT */
export async function assertCheckpoint(
  checkpoint: string,
  log: {
    readonly origin: string;
    readonly publicKey: Uint8Array;
    readonly tree: MerkleTree;
    readonly sequence: number;
  },
): Promise<{ size: number; checkpoint: string }> {
  const parsed = parseCheckpoint(checkpoint);
  const isOurs = parsed.ok && isSignedBy(parsed.value.note, noteKey(log.origin, log.publicKey));
  if (!isOurs || parsed.value.origin !== log.origin || parsed.value.size > log.tree.size) {
    throw auditError('AUDIT_NO_CHECKPOINT', 'the checkpoint is not one of this log');
  }
  const { size, root } = parsed.value;
  if (size < log.sequence) throw auditError('AUDIT_NO_CHECKPOINT', 'the checkpoint does not cover the entry');
  if (!equalBytes(await log.tree.root(size), root)) {
    throw auditError('AUDIT_NO_CHECKPOINT', 'the checkpoint is of another history of this log');
  }
  return { size, checkpoint };
}

function hashText(hash: Uint8Array): ContentHash {
  return `sha256:${toHex(hash)}`;
}
