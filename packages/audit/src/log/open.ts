import { toHex, uuid } from '@wardmesh/core';
import { isKeyName } from '@wardmesh/verify';
import { removeSegment } from '../care/prune.ts';
import { GENESIS_HASH } from '../chain/genesis.ts';
import { OpenIntents } from '../chain/intents.ts';
import { auditError, tampered } from '../error.ts';
import type { LogStorage } from '../ports.ts';
import { encodeHead, type Head } from '../storage/head.ts';
import { type LogKeys, logKeys } from '../storage/keys.ts';
import { HEAD, indexName, segmentName } from '../storage/names.ts';
import { beginSegment, openSegment } from '../storage/segment.ts';
import { Frontier } from '../tree/frontier.ts';
import { MerkleTree } from '../tree/tree.ts';
import { checkLinks, checkStoredCheckpoint, checkTreeRoot, type Inventory, takeInventory } from './inspect.ts';
import { closeIntents } from './interrupted.ts';
import { AuditLog } from './log.ts';
import { type AuditOptions, boundsOf, type RecoveryReport } from './options.ts';
import { type LogTail, readTail } from './tail.ts';

/**
 * Opens the log, or begins one in an empty storage. Mends what a crash can leave and says so; refuses what it cannot.
 * The storage must be this process's alone.
 * @throws AUDIT_TAMPERED naming where; nothing is changed then. Read on with `openAuditReader`.
 */
export async function openAudit(options: AuditOptions): Promise<{ log: AuditLog; recovery: RecoveryReport }> {
  if (!isKeyName(options.origin)) throw auditError('AUDIT_BAD_INPUT', 'an origin has no spaces and no plus sign');
  const bounds = boundsOf(options.bounds);
  const { storage, origin } = options;
  const keys = logKeys(options.keys);
  const inventory = await takeInventory(storage, keys, origin, options.keys.signing.publicKey);
  const recovered =
    inventory === undefined || inventory.segments.length === 0
      ? await beginLog(options, keys, inventory)
      : await recoverLog(options, keys, inventory);
  const log = new AuditLog({ ...options, bounds }, keys, recovered.tail, recovered.closed, recovered.tree);
  const closedIntents = await closeIntents(log);
  const { tail, removed } = recovered;
  const recovery: RecoveryReport = {
    fresh: inventory === undefined,
    entries: tail.size,
    droppedBytes: tail.torn,
    damagedAnchorBytes: inventory?.damagedAnchorBytes ?? 0,
    removedSegments: removed,
    closedIntents,
  };
  await recordRecovery(log, options, recovery);
  return { log, recovery };
}

interface Recovered {
  readonly tail: LogTail;
  readonly closed: readonly { first: number; length: number }[];
  readonly tree: MerkleTree;
  readonly removed: readonly string[];
}

/** The head stands before the first segment: a log without one was robbed of it, not interrupted. */
async function beginLog(options: AuditOptions, keys: LogKeys, inventory: Inventory | undefined): Promise<Recovered> {
  const { storage, origin, clock, random } = options;
  const tree = await MerkleTree.load(storage, 0);
  if (tree === undefined) throw auditError('AUDIT_UNAVAILABLE', 'the storage cannot be read');
  const begun = clock.now();
  if (inventory === undefined) {
    const head = { size: 0, segment: 1, length: 0, time: begun, lastHash: GENESIS_HASH };
    await storage.writeAtomic(HEAD, encodeHead(keys.head, origin, head));
  }
  const { segment, bytes } = beginSegment(keys, random, {
    v: 1,
    origin,
    first: 1,
    previousHash: GENESIS_HASH,
    root: toHex(new Frontier().root()),
    intents: [],
    lastTime: 0,
    verifiedAt: 0,
    begun,
    previous: null,
  });
  await storage.append(segmentName(1), bytes);
  await storage.sync(segmentName(1));
  const tail: LogTail = {
    segment,
    length: bytes.length,
    frames: 1,
    size: 0,
    lastHash: GENESIS_HASH,
    lastTime: 0,
    verifiedAt: 0,
    intents: new OpenIntents(),
    offsets: new Map(),
    leaves: [],
    torn: 0,
  };
  return { tail, closed: [], tree, removed: [] };
}

async function recoverLog(options: AuditOptions, keys: LogKeys, inventory: Inventory): Promise<Recovered> {
  const { storage, origin, random } = options;
  const { head } = inventory;
  const segments = [...inventory.segments];
  const tornBegin = await findTornBegin(storage, keys, origin, segments.at(-1)!, head);
  if (tornBegin) segments.pop();
  const newest = segments.at(-1);
  if (newest === undefined) {
    await removeSegment(storage, inventory.segments[0]!);
    const begun = await beginLog(options, keys, inventory);
    return { ...begun, removed: [segmentName(inventory.segments[0]!)] };
  }
  if (newest < head.segment || !segments.includes(head.segment)) {
    throw tampered('the segment that the head names is missing', { file: segmentName(head.segment) });
  }
  const extents = await checkLinks(storage, keys, origin, segments);
  const anchored = extents.find(({ first }) => first === head.segment)!;
  if (anchored.length < head.length) {
    throw tampered('entries that were acknowledged are cut', {
      file: segmentName(anchored.first),
      offset: anchored.length,
    });
  }
  const segment = await openSegment(storage, keys, origin, newest, random);
  if (segment === undefined) throw tampered('the segment is cut', { file: segmentName(newest), offset: 0 });
  const tail = readTail(segment, await storage.read(segmentName(newest)), keys, head);
  const tree = await checkTreeRoot(await MerkleTree.load(storage, newest - 1), segment.state.root);
  // Nothing was changed so far; growing the tree checks the last of it.
  const grown = await growTree(storage, tree, tail, inventory, options.keys.signing.publicKey, origin);
  const removed: string[] = [];
  for (const first of inventory.pruned) {
    await removeSegment(storage, first);
    removed.push(segmentName(first));
  }
  if (tornBegin) {
    await removeSegment(storage, inventory.segments.at(-1)!);
    removed.push(segmentName(inventory.segments.at(-1)!));
  }
  if (tail.torn > 0) await storage.truncate(segmentName(newest), tail.length);
  if (inventory.names.has(indexName(newest))) await storage.remove(indexName(newest));
  const last = {
    size: tail.size,
    segment: newest,
    length: tail.length,
    time: options.clock.now(),
    lastHash: tail.lastHash,
  };
  await storage.writeAtomic(HEAD, encodeHead(keys.head, origin, last));
  return { tail, closed: extents.slice(0, -1), tree: grown, removed };
}

async function growTree(
  storage: LogStorage,
  tree: MerkleTree,
  tail: LogTail,
  inventory: Inventory,
  publicKey: Uint8Array,
  origin: string,
): Promise<MerkleTree> {
  const stored = tree.size;
  for (const leaf of tail.leaves) tree.push(leaf);
  await checkStoredCheckpoint(storage, inventory.names, origin, publicKey, tree);
  await tree.cutFiles(storage, inventory.names, stored);
  return tree;
}

/**
 * Whether the newest segment was begun and never used: it is not whole, and the head does not know it. Its state is
 * synced before any entry goes in, so an accident leaves a short file or, where blocks were never written, zeros.
 */
async function findTornBegin(
  storage: LogStorage,
  keys: LogKeys,
  origin: string,
  newest: number,
  head: Head,
): Promise<boolean> {
  // The very first head names a segment of no length, which may not stand yet.
  if (newest < head.segment || (newest === head.segment && head.length > 0)) return false;
  const bytes = await storage.read(segmentName(newest));
  if (bytes.every((byte) => byte === 0)) return true;
  return (await openSegment(storage, keys, origin, newest)) === undefined;
}

async function recordRecovery(log: AuditLog, options: AuditOptions, recovery: RecoveryReport): Promise<void> {
  const { droppedBytes, damagedAnchorBytes, removedSegments, closedIntents } = recovery;
  if (droppedBytes + damagedAnchorBytes + removedSegments.length + closedIntents.length === 0) return;
  const parameters = {
    droppedBytes,
    damagedAnchorBytes,
    removedSegments: removedSegments.length,
    closedIntents: closedIntents.length,
  };
  await log.append({
    eventType: 'system.recovered',
    toolName: '',
    correlationId: uuid(options.random),
    actor: { type: 'system' },
    operation: { name: 'audit.recover', parameters, result: 'success' },
  });
  try {
    options.alert?.({
      type: 'audit.recovered',
      message: 'the log was mended after an interruption',
      details: parameters,
    });
  } catch {
    // An operator's sink that fails must not stop the start.
  }
}
