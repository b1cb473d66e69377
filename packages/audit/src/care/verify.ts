import { equalBytes, fromUtf8, isCoded, toHex } from '@wardmesh/core';
import { parseCheckpoint } from '@wardmesh/verify';
import { leafOfText, readChained } from '../chain/entry.ts';
import { GENESIS_HASH } from '../chain/genesis.ts';
import { type DamagePlace, tampered } from '../error.ts';
import { type LogView, openExtent } from '../log/view.ts';
import { CHECKPOINT, segmentName, tilesName } from '../storage/names.ts';
import { scanFrames } from '../storage/scan.ts';
import type { SegmentExtent } from '../storage/segment-writer.ts';
import type { Frontier } from '../tree/frontier.ts';
import type { MerkleTree } from '../tree/tree.ts';

export interface VerifyReport {
  readonly ok: boolean;
  /** Entries found good. */
  readonly entries: number;
  /** Sequences of the oldest and the newest entry that the log should hold. */
  readonly first: number;
  readonly last: number;
  /** Root of the tree up to the last good entry, 64 hex digits. */
  readonly root: string;
  /** Timestamps that are before the one of the entry above; each is explained by a `system.clock_back` entry. */
  readonly timesBack: number;
  /** The first damage. */
  readonly fault?: { readonly code: 'AUDIT_TAMPERED'; readonly what: string } & DamagePlace;
}

interface Progress {
  entries: number;
  sequence: number;
  lastHash: string;
  lastTime: number;
  timesBack: number;
}

/** Reads everything and trusts nothing: frames, order, chain, hashes, tree, stored checkpoint. Writes nothing. */
export async function verifyView(
  view: LogView,
  tree: MerkleTree,
  onProgress?: (done: number, all: number) => void,
): Promise<VerifyReport> {
  const first = view.segments[0]!.first;
  const done: Progress = { entries: 0, sequence: first - 1, lastHash: GENESIS_HASH, lastTime: 0, timesBack: 0 };
  let frontier: Frontier | undefined;
  let fault: VerifyReport['fault'];
  try {
    frontier = await tree.frontier(first - 1);
    for (let i = 0; i < view.segments.length; i++) {
      await verifySegment(view, i, done, frontier);
      onProgress?.(done.entries, view.size - first + 1);
    }
    await verifyEnd(view, tree, done, frontier);
  } catch (error) {
    if (!isCoded(error, 'AUDIT_TAMPERED')) throw error;
    const { what, file, offset, sequence } = error.details as unknown as { what: string } & DamagePlace;
    fault = {
      code: 'AUDIT_TAMPERED',
      what,
      file,
      ...(offset !== undefined && { offset }),
      ...(sequence !== undefined && { sequence }),
    };
  }
  return {
    ok: fault === undefined,
    entries: done.entries,
    first,
    last: view.size,
    root: frontier === undefined ? '' : toHex(frontier.root()),
    timesBack: done.timesBack,
    ...(fault !== undefined && { fault }),
  };
}

async function verifySegment(view: LogView, index: number, done: Progress, frontier: Frontier): Promise<void> {
  const extent = view.segments[index]!;
  const before = index === 0 ? undefined : view.segments[index - 1];
  const file = segmentName(extent.first);
  const { state, context, start } = await openExtent(view, extent);
  if (before === undefined) done.lastHash = extent.first === 1 ? GENESIS_HASH : state.previousHash;
  const follows = extent.first === done.sequence + 1 && state.previousHash === done.lastHash;
  if (!follows || state.first !== extent.first || (before !== undefined && state.previous?.first !== before.first)) {
    throw tampered('a segment is missing or out of order', { file, offset: 0, sequence: extent.first });
  }
  if (state.root !== toHex(frontier.root()))
    throw tampered('the tree does not lead here', { file, sequence: extent.first });
  if (before !== undefined) await checkLength(view, before, state.previous?.length ?? 0);
  const bytes = await view.storage.read(file, 0, extent.length);
  if (bytes.length < extent.length) throw tampered('the segment is cut', { file, offset: bytes.length });
  const scan = scanFrames(context, bytes, { offset: start, number: 1, first: extent.first });
  for (let step = scan.next(); ; step = scan.next()) {
    if (step.done === true) {
      if (step.value === undefined) return;
      throw tampered('a frame is damaged', { file, offset: step.value.offset, sequence: done.sequence + 1 });
    }
    const texts = step.value.texts();
    const place = { file, offset: step.value.offset, sequence: done.sequence + 1 };
    if (texts === undefined) throw tampered('a frame is damaged', place);
    for (const text of texts) verifyText(view, text, done, frontier, place);
  }
}

async function checkLength(view: LogView, extent: SegmentExtent, length: number): Promise<void> {
  const file = segmentName(extent.first);
  if ((await view.storage.size(file)) !== length || extent.length !== length) {
    throw tampered('the segment is longer or shorter than it was closed', { file, offset: length });
  }
}

function verifyText(view: LogView, text: string, done: Progress, frontier: Frontier, place: DamagePlace): void {
  const sequence = done.sequence + 1;
  const entry = readChained(view.keys.chain, text);
  if (entry === undefined) throw tampered('an entry was changed', { ...place, sequence });
  if (entry.sequence !== sequence || entry.previousHash !== done.lastHash) {
    throw tampered('the chain is broken', { ...place, sequence });
  }
  const time = Date.parse(entry.timestamp);
  if (time < done.lastTime) done.timesBack++;
  done.lastTime = time;
  done.lastHash = entry.hash;
  done.sequence = sequence;
  done.entries++;
  frontier.push(leafOfText(text));
}

/** The end is where the head says, the stored tree is the one of the entries, and the stored checkpoint fits it. */
async function verifyEnd(view: LogView, tree: MerkleTree, done: Progress, frontier: Frontier): Promise<void> {
  const file = segmentName(view.segments.at(-1)!.first);
  if (done.sequence !== view.size || done.lastHash !== view.lastHash) {
    throw tampered('the log does not end where its head says', { file, sequence: done.sequence });
  }
  if (!equalBytes(await tree.root(view.size), frontier.root())) {
    throw tampered('the tiles are not of these entries', { file: tilesName(0), offset: 0 });
  }
  const stored = await view.storage.read(CHECKPOINT).catch(() => undefined);
  if (stored === undefined || stored.length === 0) return;
  const checkpoint = parseCheckpoint(fromUtf8(stored));
  const fits =
    checkpoint.ok &&
    checkpoint.value.origin === view.origin &&
    (checkpoint.value.size > view.size || equalBytes(await tree.root(checkpoint.value.size), checkpoint.value.root));
  if (!fits) throw tampered('the stored checkpoint is of another log', { file: CHECKPOINT, offset: 0 });
}
