import { toHex, toTimestamp, utf8 } from '@wardmesh/core';
import type { SigningKey } from '@wardmesh/crypto';
import type { AuditEntry, Receipt, Tile } from '@wardmesh/verify';
import { type BackupReport, backUp } from '../care/backup.ts';
import { type PruneContext, type PruneReport, pruneSegments } from '../care/prune.ts';
import { type VerifyReport, verifyView } from '../care/verify.ts';
import { type ChainedEntry, chainEntry } from '../chain/entry.ts';
import { type AuditEvent, type PreparedEvent, prepareEvent } from '../chain/event.ts';
import { IdSource } from '../chain/id-source.ts';
import type { OpenIntents } from '../chain/intents.ts';
import { auditError } from '../error.ts';
import { ANCHOR_RECORDS, CLOCK_BACK_MS, MAX_QUEUED_EVENTS, SEGMENT_FRAMES } from '../limits.ts';
import type { AuditAlert, LogStorage } from '../ports.ts';
import { encodeFrame } from '../storage/frame.ts';
import { encodeHead } from '../storage/head.ts';
import { encodeIndex } from '../storage/index-file.ts';
import type { LogKeys } from '../storage/keys.ts';
import { CHECKPOINT, HEAD, indexName, segmentName } from '../storage/names.ts';
import { beginSegment, type OpenSegment } from '../storage/segment.ts';
import { signCheckpoint, vkeyOf } from '../tree/checkpoint.ts';
import type { MerkleTree } from '../tree/tree.ts';
import { exportEntry } from './export.ts';
import type { AuditBounds, AuditOptions } from './options.ts';
import type { LogTail } from './tail.ts';
import { type FindQuery, findEntries, getEntry, type LogView, type SegmentExtent } from './view.ts';

/** Events of one call, which become durable together. */
interface Unit {
  readonly events: readonly PreparedEvent[];
  readonly resolve: (entries: AuditEntry[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Units in their places: not yet durable, nothing of the log's state changed but the open intents. */
interface Batch {
  readonly units: readonly { readonly unit: Unit; readonly entries: AuditEntry[] }[];
  readonly chained: readonly ChainedEntry[];
  readonly lastTime: number;
  readonly verifiedAt: number;
}

/**
 * The log's writer. There is one per storage. Appends that arrive while the disk works share the next frame, write and
 * sync (group commit); each promise resolves when its entries are durable, in the order of the calls.
 */
export class AuditLog {
  readonly origin: string;
  readonly vkey: string;
  readonly #options: AuditOptions;
  readonly #bounds: AuditBounds;
  readonly #storage: LogStorage;
  readonly #keys: LogKeys;
  readonly #tree: MerkleTree;
  readonly #intents: OpenIntents;
  readonly #ids: IdSource;
  #segment: OpenSegment;
  #closedSegments: SegmentExtent[];
  #offsets: Map<string, number>;
  #length: number;
  #frames: number;
  #size: number;
  #lastHash: string;
  #lastTime: number;
  #verifiedAt: number;

  #queue: Unit[] = [];
  #queued = 0;
  #scheduled = false;
  /** Everything that writes runs one after the other on this chain. */
  #turn: Promise<unknown> = Promise.resolve();
  #care: Promise<unknown> = Promise.resolve();
  #state: 'open' | 'failed' | 'closed' = 'open';
  /** The segment may hold bytes after `#length`. */
  #torn = false;
  #headRecords = 1;
  #headDirty = false;
  #headSynced: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    options: AuditOptions & { readonly bounds: AuditBounds },
    keys: LogKeys,
    tail: LogTail,
    closedSegments: readonly SegmentExtent[],
    tree: MerkleTree,
  ) {
    this.origin = options.origin;
    this.vkey = vkeyOf(options.origin, options.keys.signing);
    this.#options = options;
    this.#bounds = options.bounds;
    this.#storage = options.storage;
    this.#keys = keys;
    this.#tree = tree;
    this.#intents = tail.intents;
    this.#ids = new IdSource(options.random);
    this.#segment = tail.segment;
    this.#closedSegments = [...closedSegments];
    this.#offsets = tail.offsets;
    this.#length = tail.length;
    this.#frames = tail.frames;
    this.#size = tail.size;
    this.#lastHash = tail.lastHash;
    this.#lastTime = tail.lastTime;
    this.#verifiedAt = tail.verifiedAt;
    this.#headSynced = options.clock.monotonic();
  }

  /** Entries in the log: the sequence of the last. */
  get size(): number {
    return this.#size;
  }

  /** `failed`: the last write did not become durable; the next append tries again. */
  get state(): 'open' | 'failed' | 'closed' {
    return this.#state;
  }

  /** When the log was last verified whole and found good, ms; 0 for never. */
  get verifiedAt(): number {
    return this.#verifiedAt;
  }

  /** Ids of intents without an outcome. */
  get openIntents(): readonly string[] {
    return this.#intents.ids;
  }

  /**
   * Adds one entry. Resolves when it is durable.
   * @throws AUDIT_BAD_EVENT, AUDIT_ENTRY_TOO_LARGE, AUDIT_INTENT_NOT_OPEN, AUDIT_TOO_MANY_INTENTS for this event;
   *   AUDIT_UNAVAILABLE where nothing can be made durable now: what needed the entry must not happen.
   */
  async append(event: AuditEvent): Promise<AuditEntry> {
    return (await this.appendMany([event]))[0]!;
  }

  /** Adds entries that stand together: all of them become durable or none. At most a frame's worth. */
  appendMany(events: readonly AuditEvent[]): Promise<AuditEntry[]> {
    return new Promise((resolve, reject) => {
      if (this.#state === 'closed') throw auditError('AUDIT_CLOSED', 'the log is closed');
      if (events.length === 0) {
        resolve([]);
        return;
      }
      if (events.length > this.#bounds.frameEntries) {
        throw auditError('AUDIT_BAD_INPUT', `at most ${this.#bounds.frameEntries} events stand together`);
      }
      if (this.#queued + events.length > MAX_QUEUED_EVENTS) {
        throw auditError('AUDIT_UNAVAILABLE', 'the log cannot keep up', { retryAfter: 1 });
      }
      this.#queue.push({ events: events.map(prepareEvent), resolve, reject });
      this.#queued += events.length;
      this.#schedule();
    });
  }

  /** The entry with this id, or undefined. */
  async get(id: string): Promise<AuditEntry | undefined> {
    return getEntry(this.#view(), id, this.#offsets);
  }

  /** Entries that fit, in order; at most `limit` (100). */
  async find(query: FindQuery = {}): Promise<AuditEntry[]> {
    return findEntries(this.#view(), query);
  }

  /** The last `count` entries, in order. */
  async tail(count = 100): Promise<AuditEntry[]> {
    return this.find({ after: Math.max(0, this.#size - count), limit: count });
  }

  /** The receipt of an entry, under a checkpoint made now. @throws AUDIT_NOT_FOUND */
  async exportReceipt(id: string): Promise<Receipt> {
    const entry = await this.get(id);
    if (entry === undefined) throw auditError('AUDIT_NOT_FOUND', 'the log holds no entry with this id');
    const { size, checkpoint } = await this.#sign();
    return exportEntry(entry, this.#tree, { origin: this.origin, size, checkpoint, vkey: this.vkey });
  }

  /** A signed checkpoint of the log as it is durable now; also stored, for readers without the key. */
  async checkpoint(): Promise<string> {
    return this.#inTurn(async () => {
      const { checkpoint } = await this.#sign();
      await this.#storage.writeAtomic(CHECKPOINT, utf8(checkpoint));
      return checkpoint;
    });
  }

  /** RFC 9162 consistency proof from an older size to the present one. */
  async consistencyProof(oldSize: number, newSize: number = this.#size): Promise<readonly Uint8Array[]> {
    if (!Number.isSafeInteger(oldSize) || oldSize < 0 || newSize > this.#size || oldSize > newSize) {
      throw auditError('AUDIT_BAD_INPUT', 'the sizes are not those of two trees of this log');
    }
    return this.#tree.consistencyProof(oldSize, newSize);
  }

  /** Hashes of one C2SP tile, or undefined where the tree does not have it yet. */
  async tile(tile: Tile): Promise<Uint8Array | undefined> {
    return this.#tree.tile(tile);
  }

  /** Checks every entry and records the verdict. The log stays usable. `onProgress` gets entries done and in all. */
  verify(onProgress?: (done: number, all: number) => void): Promise<VerifyReport> {
    return this.#alone(() => this.#verify(onProgress));
  }

  async #verify(onProgress?: (done: number, all: number) => void): Promise<VerifyReport> {
    const report = await verifyView(this.#view(), this.#tree, onProgress);
    if (!report.ok) {
      this.#alert({ type: 'audit.tampered', message: 'verification found damage', details: { ...report.fault } });
    }
    await this.append({
      eventType: 'audit.verify',
      toolName: '',
      correlationId: this.#ids.next(),
      actor: { type: 'system' },
      operation: {
        name: 'audit.verify',
        parameters: { entries: report.entries, root: `sha256:${report.root}` },
        result: report.ok ? 'success' : 'failure',
        ...(report.fault !== undefined && { errorCode: report.fault.code }),
      },
    });
    return report;
  }

  /** Removes whole segments that are older than `before` (ms) and than retention. What remains still verifies. */
  prune(policy: { readonly before: number }): Promise<PruneReport> {
    return this.#alone(() => pruneSegments(this.#pruneContext(), policy.before));
  }

  #pruneContext(): PruneContext {
    return {
      view: () => this.#view(),
      storage: this.#storage,
      signing: this.#options.keys.signing,
      now: this.#options.clock.now(),
      retentionMs: this.#bounds.retentionMs,
      append: (event) => this.append(event),
      correlationId: this.#ids.next(),
      inTurn: (work) => this.#inTurn(work),
      storeTree: () => this.#tree.store(this.#storage, true),
      forget: (firsts) => {
        this.#closedSegments = this.#closedSegments.filter((segment) => !firsts.has(segment.first));
      },
    };
  }

  /**
   * Copies the log, sealed under `key` (32 bytes, its own), to another storage (XR-AUD-7). Appends go on meanwhile. The
   * target keeps the newest two backups.
   */
  backup(target: LogStorage, key: Uint8Array): Promise<BackupReport> {
    return this.#alone(() => this.#backup(target, key));
  }

  async #backup(target: LogStorage, key: Uint8Array): Promise<BackupReport> {
    const { view, checkpoint } = await this.#inTurn(async () => {
      await this.#tree.store(this.#storage, true);
      return { view: this.#view(), checkpoint: (await this.#sign()).checkpoint };
    });
    const { random, clock } = this.#options;
    const report = await backUp(view, target, key, random, { checkpoint, time: clock.now() });
    await this.append({
      eventType: 'audit.backup',
      toolName: '',
      correlationId: this.#ids.next(),
      actor: { type: 'system' },
      operation: {
        name: 'audit.backup',
        parameters: { id: report.id, entries: report.entries, bytes: report.bytes },
        result: 'success',
      },
    });
    return report;
  }

  /** Waits for what was appended, makes tree and anchor durable, stores a checkpoint. Later calls are refused. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    while (this.#queued > 0) await this.#inTurn(() => this.#drain());
    await this.#inTurn(async () => {
      const failed = this.#state === 'failed';
      this.#state = 'closed';
      clearTimeout(this.#timer);
      if (failed) return;
      await this.#tree.store(this.#storage, true);
      await this.#writeHead(true);
      await this.#storage.writeAtomic(CHECKPOINT, utf8((await this.#sign()).checkpoint));
    });
  }

  #view(): LogView {
    return {
      storage: this.#storage,
      keys: this.#keys,
      origin: this.origin,
      segments: [...this.#closedSegments, { first: this.#segment.first, length: this.#length }],
      size: this.#size,
      lastHash: this.#lastHash,
    };
  }

  async #sign(): Promise<{ size: number; checkpoint: string }> {
    const signing: SigningKey = this.#options.keys.signing;
    const size = this.#tree.size;
    const root = await this.#tree.root(size);
    return { size, checkpoint: signCheckpoint(this.origin, size, root, signing) };
  }

  /** Work that reads or removes whole segments runs one at a time, beside the appends. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#care.then(work);
    this.#care = result.catch(() => {});
    return result;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After the callbacks of this turn of the event loop: writers that were woken together commit together.
    setImmediate(() => {
      this.#scheduled = false;
      void this.#inTurn(() => this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      const units = this.#takeUnits();
      let batch: Batch | undefined;
      try {
        await this.#prepareStorage();
        batch = this.#chainUnits(units);
        if (batch.chained.length === 0) continue;
        await this.#write(batch);
      } catch (cause) {
        if (batch !== undefined) this.#revertIntents(batch);
        this.#fail(units, cause);
        continue;
      }
      this.#accept(batch);
      await this.#afterCommit();
    }
  }

  /** The units of the next frame: as many as fit. */
  #takeUnits(): Unit[] {
    let events = 0;
    let units = 0;
    let bytes = 0;
    for (const unit of this.#queue) {
      events += unit.events.length;
      for (const e of unit.events) bytes += e.front.length + e.middle.length + e.receipt.length + e.end.length + 400;
      if (units > 0 && (events > this.#bounds.frameEntries || bytes > this.#bounds.frameBytes)) break;
      units++;
    }
    const taken = this.#queue.splice(0, units);
    for (const unit of taken) this.#queued -= unit.events.length;
    return taken;
  }

  /** Mends what a failed write left, and begins a new segment where the present one is full. */
  async #prepareStorage(): Promise<void> {
    if (this.#torn) {
      await this.#storage.truncate(segmentName(this.#segment.first), this.#length);
      this.#torn = false;
    }
    const age = this.#options.clock.now() - this.#segment.state.begun;
    const isFull = this.#length >= this.#bounds.segmentBytes || this.#frames >= SEGMENT_FRAMES;
    if (this.#size >= this.#segment.first && (isFull || age >= this.#bounds.segmentAgeMs)) await this.#rotate();
  }

  async #rotate(): Promise<void> {
    const old = { first: this.#segment.first, length: this.#length };
    // The new segment's state relies on the tree up to here.
    await this.#tree.store(this.#storage, true);
    await this.#storage.writeAtomic(indexName(old.first), encodeIndex(this.#offsets));
    const { segment, bytes } = beginSegment(this.#keys, this.#options.random, {
      v: 1,
      origin: this.origin,
      first: this.#size + 1,
      previousHash: this.#lastHash,
      root: toHex(await this.#tree.root()),
      intents: this.#intents.ids,
      lastTime: this.#lastTime,
      verifiedAt: this.#verifiedAt,
      begun: this.#options.clock.now(),
      previous: old,
    });
    const name = segmentName(segment.first);
    // An earlier try to begin this segment may have left bytes.
    if ((await this.#storage.list()).includes(name)) await this.#storage.remove(name);
    await this.#storage.append(name, bytes);
    await this.#storage.sync(name);
    this.#closedSegments.push(old);
    this.#segment = segment;
    this.#offsets = new Map();
    this.#length = segment.start;
    this.#frames = 1;
    await this.#writeHead(true);
  }

  /** Gives entries their places. A unit that an intent forbids is rejected here and takes no place. */
  #chainUnits(units: readonly Unit[]): Batch {
    const chained: ChainedEntry[] = [];
    const accepted: Batch['units'][number][] = [];
    const now = this.#options.clock.now();
    const timestamp = toTimestamp(now);
    let previousHash = this.#lastHash;
    let verifiedAt = this.#verifiedAt;
    const place = (event: PreparedEvent, id: string) => {
      const sequence = this.#size + chained.length + 1;
      const next = chainEntry(this.#keys.chain, event, { id, sequence, timestamp, previousHash });
      previousHash = next.entry.hash;
      chained.push(next);
      return next.entry;
    };
    if (now < this.#lastTime - CLOCK_BACK_MS) place(this.#clockBack(now), this.#ids.next());
    for (const unit of units) {
      const ids = this.#applyIntents(unit);
      if (ids === undefined) continue;
      accepted.push({ unit, entries: unit.events.map((event, i) => place(event, ids[i]!)) });
      for (const { event } of unit.events) {
        if (event.eventType === 'audit.verify' && event.operation.result === 'success') verifiedAt = now;
      }
    }
    return accepted.length === 0
      ? { units: [], chained: [], lastTime: this.#lastTime, verifiedAt }
      : { units: accepted, chained, lastTime: now, verifiedAt };
  }

  #applyIntents(unit: Unit): string[] | undefined {
    const ids: string[] = [];
    try {
      for (const { event } of unit.events) {
        const id = this.#ids.next();
        this.#intents.apply(event, id);
        ids.push(id);
      }
      return ids;
    } catch (error) {
      for (let i = ids.length - 1; i >= 0; i--) this.#intents.revert(unit.events[i]!.event, ids[i]!);
      unit.reject(error);
      return undefined;
    }
  }

  #revertIntents(batch: Batch): void {
    for (const { unit, entries } of [...batch.units].reverse()) {
      for (let i = entries.length - 1; i >= 0; i--) this.#intents.revert(unit.events[i]!.event, entries[i]!.id);
    }
  }

  /** Sequence orders, not time; but a reader must know why a timestamp is before the one above it. */
  #clockBack(now: number): PreparedEvent {
    const parameters = { from: toTimestamp(this.#lastTime), to: toTimestamp(now) };
    this.#alert({ type: 'audit.clock_back', message: 'the clock was set back', details: parameters });
    return prepareEvent({
      eventType: 'system.clock_back',
      toolName: '',
      correlationId: this.#ids.next(),
      actor: { type: 'system' },
      operation: { name: 'clock.back', parameters, result: 'success' },
    });
  }

  async #write(batch: Batch): Promise<void> {
    const plain = utf8(batch.chained.map(({ text }) => text).join('\n'));
    const header = { number: this.#frames, first: this.#size + 1, count: batch.chained.length };
    const frame = encodeFrame(this.#segment.context, header, plain);
    const name = segmentName(this.#segment.first);
    this.#torn = true;
    if (this.#storage.appendAndSync !== undefined) await this.#storage.appendAndSync(name, frame);
    else {
      await this.#storage.append(name, frame);
      await this.#storage.sync(name);
    }
    this.#torn = false;
    for (const { entry } of batch.chained) this.#offsets.set(entry.id, this.#length);
    this.#length += frame.length;
  }

  #accept(batch: Batch): void {
    for (const { leaf } of batch.chained) this.#tree.push(leaf);
    const last = batch.chained.at(-1)!.entry;
    this.#size = last.sequence;
    this.#lastHash = last.hash;
    this.#lastTime = batch.lastTime;
    this.#verifiedAt = batch.verifiedAt;
    this.#frames++;
    this.#headDirty = true;
    if (this.#state === 'failed') {
      this.#state = 'open';
      this.#alert({ type: 'audit.available', message: 'the log is available again' });
    }
    for (const { unit, entries } of batch.units) unit.resolve(entries);
  }

  #fail(units: readonly Unit[], cause: unknown): void {
    if (this.#state === 'open') {
      this.#state = 'failed';
      this.#alert({
        type: 'audit.unavailable',
        message: 'the log cannot make entries durable',
        details: { cause: String(cause) },
      });
    }
    const error = auditError('AUDIT_UNAVAILABLE', 'the log cannot make entries durable', { cause, retryAfter: 5 });
    for (const unit of units) unit.reject(error);
  }

  /** Anchor and tiles: both can be rebuilt, so a failure is told but fails no entry. */
  async #afterCommit(): Promise<void> {
    try {
      if (this.#tree.unstored >= 256) await this.#tree.store(this.#storage, false);
      await this.#writeHead(this.#options.clock.monotonic() - this.#headSynced >= this.#bounds.anchorSyncMs);
    } catch (cause) {
      this.#alert({
        type: 'audit.anchor_failed',
        message: 'the head anchor could not be written',
        details: { cause: String(cause) },
      });
    }
    if (this.#headDirty) this.#armTimer();
  }

  async #writeHead(durably: boolean): Promise<void> {
    const record = encodeHead(this.#keys.head, this.origin, {
      size: this.#size,
      segment: this.#segment.first,
      length: this.#length,
      time: this.#options.clock.now(),
      lastHash: this.#lastHash,
    });
    if (durably || this.#headRecords >= ANCHOR_RECORDS) {
      await this.#storage.writeAtomic(HEAD, record);
      this.#headRecords = 1;
      this.#headDirty = false;
      this.#headSynced = this.#options.clock.monotonic();
    } else {
      await this.#storage.append(HEAD, record);
      this.#headRecords++;
    }
  }

  /** Makes the anchor durable soon after the last commit, where no next commit does. */
  #armTimer(): void {
    if (this.#timer !== undefined || this.#state === 'closed') return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#headDirty || this.#state === 'closed') return;
      void this.#inTurn(() => this.#writeHead(true)).catch(() => this.#armTimer());
    }, this.#bounds.anchorSyncMs);
    this.#timer.unref();
  }

  #alert(alert: AuditAlert): void {
    try {
      this.#options.alert?.(alert);
    } catch {
      // An operator's sink that fails must not stop the log.
    }
  }
}
