import { equalBytes, fromUtf8, toHex } from '@wardmesh/core';
import { isSignedBy, noteKey, parseCheckpoint } from '@wardmesh/verify';
import { readPrune } from '../care/prune-record.ts';
import { tampered } from '../error.ts';
import type { ReadableLogStorage } from '../ports.ts';
import { type Head, readHead } from '../storage/head.ts';
import type { LogKeys } from '../storage/keys.ts';
import { CHECKPOINT, HEAD, PRUNE, parseSegmentName, segmentName, tilesName } from '../storage/names.ts';
import { openSegment } from '../storage/segment.ts';
import type { MerkleTree } from '../tree/tree.ts';

/** What the files say before any entry is read. */
export interface Inventory {
  readonly names: ReadonlySet<string>;
  /** First sequences, oldest first, of segments that are part of the log. */
  readonly segments: readonly number[];
  /** Segments that a signed prune record says are gone. */
  readonly pruned: readonly number[];
  readonly head: Head;
  readonly damagedAnchorBytes: number;
}

/** Undefined where there is no log. @throws AUDIT_TAMPERED where parts of one are missing */
export async function takeInventory(
  storage: ReadableLogStorage,
  keys: LogKeys,
  origin: string,
  publicKey: Uint8Array | undefined,
): Promise<Inventory | undefined> {
  const names = new Set(await storage.list());
  const firsts = [...names].map(parseSegmentName).filter((first) => first !== undefined);
  firsts.sort((a, b) => a - b);
  if (!names.has(HEAD)) {
    const remains = [...names].find((name) => name === PRUNE || name === CHECKPOINT || name === tilesName(0));
    if (firsts.length === 0 && remains === undefined) return undefined;
    throw tampered('the head anchor is gone', { file: HEAD });
  }
  const read = readHead(keys.head, origin, await storage.read(HEAD));
  if (read === undefined)
    throw tampered('the head anchor is not genuine, or the keys or the origin are others', { file: HEAD });
  const through = names.has(PRUNE) ? await prunedThrough(storage, origin, publicKey) : 0;
  const segments = firsts.filter((first) => first > through);
  const oldest = segments[0];
  if (oldest === undefined ? read.head.size > 0 : oldest !== through + 1) {
    throw tampered('the oldest segment is missing', { file: segmentName(through + 1), sequence: through + 1 });
  }
  return {
    names,
    segments,
    pruned: firsts.filter((first) => first <= through),
    head: read.head,
    damagedAnchorBytes: read.damaged,
  };
}

/** A reader without the public key takes the record's word; the writer and the verifier do not. */
async function prunedThrough(
  storage: ReadableLogStorage,
  origin: string,
  publicKey: Uint8Array | undefined,
): Promise<number> {
  const bytes = await storage.read(PRUNE);
  if (publicKey === undefined) return Number(fromUtf8(bytes).split('\n')[2]);
  const record = readPrune(origin, publicKey, bytes);
  if (record === undefined) throw tampered('the prune record is not genuine', { file: PRUNE });
  return record.through;
}

/** Every closed segment names the one before it and that one's length: a missing or cut one is seen without reading it. */
export async function checkLinks(
  storage: ReadableLogStorage,
  keys: LogKeys,
  origin: string,
  segments: readonly number[],
): Promise<{ first: number; length: number }[]> {
  const extents = await Promise.all(
    segments.map(async (first) => ({ first, length: await storage.size(segmentName(first)) })),
  );
  for (let i = 1; i < extents.length; i++) {
    const { first } = extents[i]!;
    const before = extents[i - 1]!;
    const file = segmentName(first);
    const segment = await openSegment(storage, keys, origin, first);
    if (segment === undefined) throw tampered('the segment is cut', { file, offset: 0, sequence: first });
    const { previous } = segment.state;
    if (previous?.first !== before.first)
      throw tampered('a segment before this one is missing', { file, sequence: first });
    if (previous.length !== before.length) {
      throw tampered('the segment is longer or shorter than it was closed', {
        file: segmentName(before.first),
        offset: Math.min(previous.length, before.length),
      });
    }
  }
  return extents;
}

/** The stored checkpoint was signed by us for a tree that the log still holds: a second anchor against truncation. */
export async function checkStoredCheckpoint(
  storage: ReadableLogStorage,
  names: ReadonlySet<string>,
  origin: string,
  publicKey: Uint8Array,
  tree: MerkleTree,
): Promise<void> {
  if (!names.has(CHECKPOINT)) return;
  const bytes = await storage.read(CHECKPOINT);
  const checkpoint = parseCheckpoint(fromUtf8(bytes));
  const place = { file: CHECKPOINT };
  if (!checkpoint.ok || !isSignedBy(checkpoint.value.note, noteKey(origin, publicKey))) {
    throw tampered('the stored checkpoint is not genuine', place);
  }
  const { size, root } = checkpoint.value;
  if (size > tree.size)
    throw tampered('entries that a checkpoint covers are gone', { ...place, sequence: tree.size + 1 });
  if (!equalBytes(await tree.root(size), root)) throw tampered('the entries are not those of the checkpoint', place);
}

/** The stored tree up to the newest segment, as that segment saw it. @throws AUDIT_TAMPERED */
export async function checkTreeRoot(tree: MerkleTree | undefined, root: string): Promise<MerkleTree> {
  if (tree === undefined) throw tampered('hashes of the tree are missing', { file: tilesName(0) });
  if (toHex(await tree.root()) !== root) throw tampered('the tiles are not of these entries', { file: tilesName(0) });
  return tree;
}
