import { toHex, utf8 } from '@wardmesh/core';
import type { AuditEntry, Receipt, Tile } from '@wardmesh/verify';
import { type BackupReport, backUp } from '../care/backup.ts';
import { type PruneReport, pruneSegments } from '../care/prune.ts';
import { type VerifyReport, verifyView } from '../care/verify.ts';
import type { AuditEvent } from '../chain/event.ts';
import { IdSource } from '../chain/id-source.ts';
import type { OpenIntents } from '../chain/intents.ts';
import { type Batch, type ChainState, placeUnits, type Unit, unplace } from '../chain/place.ts';
import { auditError } from '../error.ts';
import { GATHER_MS } from '../limits.ts';
import type { AuditAlert, LogStorage } from '../ports.ts';
import { HeadWriter } from '../storage/head-writer.ts';
import type { LogKeys } from '../storage/keys.ts';
import { CHECKPOINT } from '../storage/names.ts';
import { type SegmentExtent, SegmentWriter } from '../storage/segment-writer.ts';
import { signCheckpoint, vkeyOf } from '../tree/checkpoint.ts';
import type { MerkleTree } from '../tree/tree.ts';
import { Anchoring } from './anchoring.ts';
import { assertCheckpoint, exportEntry } from './export.ts';
import type { AuditBounds, AuditOptions } from './options.ts';
import { AppendQueue } from './queue.ts';
import type { LogTail } from './tail.ts';
import { type FindQuery, findEntries, getEntry, type LogView } from './view.ts';

/**
 * The log's writer. There is one per storage. Appends that arrive while the disk works share the next frame, write and
 * sync (group commit); each promise resolves when its entries are durable, in the order of the calls.
 */
export class AuditLog {
  readonly origin: string;
  /** The log's verifier key, which readers of receipts need. */
  readonly vkey: string;
  readonly #options: AuditOptions;
  readonly #bounds: AuditBounds;
  readonly #storage: LogStorage;
  readonly #keys: LogKeys;
  readonly #ids: IdSource;
  readonly #intents: OpenIntents;
  readonly #tree: MerkleTree;
  readonly #segments: SegmentWriter;
  readonly #head: HeadWriter;
  readonly #anchoring: Anchoring;
  readonly #queue = new AppendQueue();
  #chain: ChainState;
  #state: 'open' | 'failed' | 'closed' = 'open';
  #scheduled = false;
  #writers: () => number = () => 0;
  /** Everything that writes to the log's files runs one after the other on this chain. */
  #turn: Promise<unknown> = Promise.resolve();
  /** What reads or removes whole segments runs one after the other on this one, beside the appends. */
  #care: Promise<unknown> = Promise.resolve();

  /** Use `openAudit`. */
  constructor(
    options: AuditOptions & { readonly bounds: AuditBounds },
    keys: LogKeys,
    tail: LogTail,
    closed: readonly SegmentExtent[],
    tree: MerkleTree,
  ) {
    const { storage, origin, random, clock, bounds } = options;
    this.origin = origin;
    this.vkey = vkeyOf(origin, options.keys.signing);
    this.#options = options;
    this.#bounds = bounds;
    this.#storage = storage;
    this.#keys = keys;
    this.#ids = new IdSource(random);
    this.#intents = tail.intents;
    this.#tree = tree;
    this.#segments = new SegmentWriter(storage, keys, random, tail, closed);
    this.#chain = { size: tail.size, lastHash: tail.lastHash, lastTime: tail.lastTime, verifiedAt: tail.verifiedAt };
    this.#head = new HeadWriter({ storage, key: keys.head, origin, clock, syncMs: bounds.anchorSyncMs });
    this.#anchoring = new Anchoring({
      storage,
      tree,
      head: this.#head,
      headNow: () => this.#headNow(),
      alert: (alert) => this.#alert(alert),
    });
  }

  /**
   * Tells how many writers are at work now. While there are more of them than entries waiting, a commit waits a moment
   * for the others ({@link GATHER_MS}); a writer that is alone never waits.
   */
  gather(writers: () => number): void {
    this.#writers = writers;
  }

  /** Entries in the log: the sequence of the last. */
  get size(): number {
    return this.#chain.size;
  }

  /** `failed`: the last write did not become durable; the next append tries again. */
  get state(): 'open' | 'failed' | 'closed' {
    return this.#state;
  }

  /** When the log was last verified whole and found good, ms; 0 for never. */
  get verifiedAt(): number {
    return this.#chain.verifiedAt;
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
  async appendMany(events: readonly AuditEvent[]): Promise<AuditEntry[]> {
    if (this.#state === 'closed') throw auditError('AUDIT_CLOSED', 'the log is closed');
    if (events.length > this.#bounds.frameEntries) {
      throw auditError('AUDIT_BAD_INPUT', `at most ${this.#bounds.frameEntries} events stand together`);
    }
    if (events.length === 0) return [];
    const entries = this.#queue.push(events);
    this.#schedule();
    return entries;
  }

  /** The entry with this id, or undefined. */
  async get(id: string): Promise<AuditEntry | undefined> {
    return getEntry(this.#view(), id, this.#segments.offsets);
  }

  /** Entries that fit, in order; at most `limit` (100). */
  async find(query: FindQuery = {}): Promise<AuditEntry[]> {
    return findEntries(this.#view(), query);
  }

  /** The last `count` entries, in order. */
  async tail(count = 100): Promise<AuditEntry[]> {
    return this.find({ after: Math.max(0, this.size - count), limit: count });
  }

  /**
   * The receipt of an entry, under a checkpoint made now, or under the one given: an earlier one of this log that
   * witnesses have cosigned since. @throws AUDIT_NOT_FOUND, AUDIT_NO_CHECKPOINT
   */
  async exportReceipt(id: string, cosigned?: string): Promise<Receipt> {
    const entry = await this.get(id);
    if (entry === undefined) throw auditError('AUDIT_NOT_FOUND', 'the log holds no entry with this id');
    const { publicKey } = this.#options.keys.signing;
    const { size, checkpoint } =
      cosigned === undefined
        ? await this.#sign()
        : await assertCheckpoint(cosigned, {
            origin: this.origin,
            publicKey,
            tree: this.#tree,
            sequence: entry.sequence,
          });
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

  /** RFC 9162 consistency proof from an older size to a newer one, by default the present one. */
  async consistencyProof(oldSize: number, newSize: number = this.size): Promise<readonly Uint8Array[]> {
    const sound = Number.isSafeInteger(oldSize) && Number.isSafeInteger(newSize) && oldSize >= 0;
    if (!sound || newSize > this.size || oldSize > newSize) {
      throw auditError('AUDIT_BAD_INPUT', 'the sizes are not those of two trees of this log');
    }
    return this.#tree.consistencyProof(oldSize, newSize);
  }

  /** Hashes of one C2SP tile, or undefined where the tree does not have it yet. */
  async tile(tile: Tile): Promise<Uint8Array | undefined> {
    return this.#tree.tile(tile);
  }

  /** Checks every entry and records the verdict. Appends go on. `onProgress` gets entries done and in all. */
  verify(onProgress?: (done: number, all: number) => void): Promise<VerifyReport> {
    return this.#alone(async () => {
      const report = await verifyView(this.#view(), this.#tree, onProgress);
      const { fault } = report;
      if (fault) this.#alert({ type: 'audit.tampered', message: 'verification found damage', details: { ...fault } });
      const parameters = { entries: report.entries, root: `sha256:${report.root}` };
      await this.append(this.#ownEvent('audit.verify', parameters, fault?.code));
      return report;
    });
  }

  /** Removes whole segments that are older than `before` (ms) and than retention. What remains still verifies. */
  prune(policy: { readonly before: number }): Promise<PruneReport> {
    const context = {
      view: () => this.#view(),
      storage: this.#storage,
      signing: this.#options.keys.signing,
      now: this.#options.clock.now(),
      retentionMs: this.#bounds.retentionMs,
      record: (parameters: Readonly<Record<string, unknown>>) => this.append(this.#ownEvent('audit.prune', parameters)),
      inTurn: <T>(work: () => Promise<T>) => this.#inTurn(work),
      storeTree: () => this.#storeTree(),
      forget: (firsts: ReadonlySet<number>) => this.#segments.forget(firsts),
    };
    return this.#alone(() => pruneSegments(context, policy.before));
  }

  /**
   * Copies the log, sealed under `key` (32 bytes, its own), to another storage (XR-AUD-7). Appends go on meanwhile. The
   * target keeps the newest two backups.
   */
  backup(target: LogStorage, key: Uint8Array): Promise<BackupReport> {
    return this.#alone(async () => {
      const { view, checkpoint } = await this.#inTurn(async () => {
        await this.#storeTree();
        return { view: this.#view(), checkpoint: (await this.#sign()).checkpoint };
      });
      const { random, clock } = this.#options;
      const report = await backUp(view, target, key, random, { checkpoint, time: clock.now() });
      const parameters = { id: report.id, entries: report.entries, bytes: report.bytes };
      await this.append(this.#ownEvent('audit.backup', parameters));
      return report;
    });
  }

  /** Waits for what was appended, makes tree and anchor durable, stores a checkpoint. Later calls are refused. */
  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    while (!this.#queue.isEmpty) await this.#inTurn(() => this.#drain());
    await this.#inTurn(async () => {
      const failed = this.#state === 'failed';
      this.#state = 'closed';
      this.#head.stop();
      if (failed) return;
      await this.#storeTree();
      await this.#head.sync(this.#headNow());
      await this.#storage.writeAtomic(CHECKPOINT, utf8((await this.#sign()).checkpoint));
    });
  }

  #view(): LogView {
    return {
      storage: this.#storage,
      keys: this.#keys,
      origin: this.origin,
      segments: this.#segments.extents,
      size: this.#chain.size,
      lastHash: this.#chain.lastHash,
    };
  }

  async #sign(): Promise<{ size: number; checkpoint: string }> {
    const { size } = this.#tree;
    const root = await this.#tree.root(size);
    return { size, checkpoint: signCheckpoint(this.origin, size, root, this.#options.keys.signing) };
  }

  #ownEvent(name: 'audit.verify' | 'audit.prune' | 'audit.backup', parameters: object, errorCode?: string): AuditEvent {
    return {
      eventType: name,
      toolName: '',
      correlationId: this.#ids.next(),
      actor: { type: 'system' },
      operation: {
        name,
        parameters: { ...parameters },
        result: errorCode === undefined ? 'success' : 'failure',
        ...(errorCode !== undefined && { errorCode }),
      },
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#care.then(work);
    this.#care = result.catch(() => {});
    return result;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // After the callbacks of this turn of the event loop: writers that were woken together commit together.
    const commit = () => {
      this.#scheduled = false;
      void this.#inTurn(() => this.#drain());
    };
    if (this.#writers() > this.#queue.length) setTimeout(commit, GATHER_MS);
    else setImmediate(commit);
  }

  async #drain(): Promise<void> {
    for (let first = true; !this.#queue.isEmpty; first = false) {
      // What came during the last commit waits for what is about to come, as anything else does.
      if (!first && this.#writers() > this.#queue.length) return this.#schedule();
      const units = this.#queue.take(this.#bounds);
      let batch: Batch | undefined;
      try {
        await this.#segments.mend();
        if (this.#segments.isFull(this.#bounds, this.#options.clock.now())) await this.#rotate();
        batch = this.#place(units);
        if (batch.chained.length === 0) continue;
        await this.#segments.write(batch.chained);
      } catch (cause) {
        if (batch !== undefined) unplace(batch, this.#intents);
        this.#fail(units, cause);
        continue;
      }
      this.#accept(batch);
      this.#anchoring.follow();
    }
  }

  #place(units: readonly Unit[]): Batch {
    return placeUnits(this.#chain, units, {
      key: this.#keys.chain,
      ids: this.#ids,
      intents: this.#intents,
      now: this.#options.clock.now(),
      onClockBack: (details) => this.#alert({ type: 'audit.clock_back', message: 'the clock was set back', details }),
    });
  }

  /** The new segment's state relies on the tree up to here, so that is made durable first. */
  async #rotate(): Promise<void> {
    await this.#storeTree();
    await this.#segments.rotate({
      origin: this.origin,
      first: this.size + 1,
      previousHash: this.#chain.lastHash,
      root: toHex(await this.#tree.root()),
      intents: this.#intents.ids,
      lastTime: this.#chain.lastTime,
      verifiedAt: this.#chain.verifiedAt,
      begun: this.#options.clock.now(),
    });
    await this.#head.sync(this.#headNow());
  }

  #headNow() {
    const { first, length } = this.#segments.newest;
    return { size: this.#chain.size, segment: first, length, lastHash: this.#chain.lastHash };
  }

  #accept(batch: Batch): void {
    for (const { leaf } of batch.chained) this.#tree.push(leaf);
    this.#chain = batch.after;
    if (this.#state === 'failed') {
      this.#state = 'open';
      this.#alert({ type: 'audit.available', message: 'the log is available again' });
    }
    for (const { unit, entries } of batch.units) unit.resolve(entries);
  }

  #fail(units: readonly Unit[], cause: unknown): void {
    const message = 'the log cannot make entries durable';
    if (this.#state === 'open') {
      this.#state = 'failed';
      this.#alert({ type: 'audit.unavailable', message, details: { cause: String(cause) } });
    }
    const error = auditError('AUDIT_UNAVAILABLE', message, { cause, retryAfter: 5 });
    for (const unit of units) unit.reject(error);
  }

  /** Makes the tree durable; the anchor's work on it is awaited first. */
  async #storeTree(): Promise<void> {
    await this.#anchoring.settled();
    await this.#tree.store(this.#storage, true);
  }

  #alert(alert: AuditAlert): void {
    try {
      this.#options.alert?.(alert);
    } catch {
      // An operator's sink that fails must not stop the log.
    }
  }
}
