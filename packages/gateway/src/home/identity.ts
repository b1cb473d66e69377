import { toHex } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import type { HomeKeys } from './keys.ts';

/** A node's name in receipts: from its log key, so it needs no file of its own and cannot be taken by another. */
export function nodeIdOf(keys: Pick<HomeKeys, 'auditSigning'>): string {
  return `node-${toHex(sha256(keys.auditSigning.publicKey)).slice(0, 16)}`;
}

/** Origin of the node's log in checkpoints (C2SP tlog-checkpoint: a schema-less URL). */
export function originOf(nodeId: string): string {
  return `wardmesh.local/${nodeId}`;
}
