import { canonicalBytes, toHex } from '@wardmesh/core';
import { type AuditEntry, type ContentHash, leafHash, type Receipt, receiptOfEntry } from '@wardmesh/verify';
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

function hashText(hash: Uint8Array): ContentHash {
  return `sha256:${toHex(hash)}`;
}
