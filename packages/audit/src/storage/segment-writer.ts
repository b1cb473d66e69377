import { type Random, utf8 } from '@wardmesh/core';
import type { ChainedEntry } from '../chain/entry.ts';
import { SEGMENT_FRAMES } from '../limits.ts';
import type { LogStorage } from '../ports.ts';
import { encodeFrame } from './frame.ts';
import { encodeIndex } from './index-file.ts';
import type { LogKeys } from './keys.ts';
import { indexName, segmentName } from './names.ts';
import { beginSegment, type OpenSegment, type SegmentState } from './segment.ts';

/** A segment as far as it counts: bytes after `length` are not (yet) part of the log. */
export interface SegmentExtent {
  readonly first: number;
  readonly length: number;
}

/** What the writer goes on from. */
export interface SegmentPosition {
  readonly segment: OpenSegment;
  readonly length: number;
  /** Frames, the state's counted. */
  readonly frames: number;
  /** Frame offset of each entry. */
  readonly offsets: Map<string, number>;
}

/** The newest segment and the list of those before it. */
export class SegmentWriter {
  readonly #storage: LogStorage;
  readonly #keys: LogKeys;
  readonly #random: Random;
  #closed: readonly SegmentExtent[];
  #segment: OpenSegment;
  #offsets: Map<string, number>;
  #length: number;
  #frames: number;
  /** The file may hold bytes after `#length`. */
  #torn = false;

  constructor(
    storage: LogStorage,
    keys: LogKeys,
    random: Random,
    position: SegmentPosition,
    closed: readonly SegmentExtent[],
  ) {
    this.#storage = storage;
    this.#keys = keys;
    this.#random = random;
    this.#closed = closed;
    this.#segment = position.segment;
    this.#offsets = position.offsets;
    this.#length = position.length;
    this.#frames = position.frames;
  }

  /** Oldest first, the newest last. */
  get extents(): readonly SegmentExtent[] {
    return [...this.#closed, this.newest];
  }

  get newest(): SegmentExtent {
    return { first: this.#segment.first, length: this.#length };
  }

  /** Frame offsets of the newest segment's entries, by id. */
  get offsets(): ReadonlyMap<string, number> {
    return this.#offsets;
  }

  /** Whether the newest segment holds entries and is due to be closed. */
  isFull(bounds: { readonly segmentBytes: number; readonly segmentAgeMs: number }, now: number): boolean {
    const isLarge = this.#length >= bounds.segmentBytes || this.#frames >= SEGMENT_FRAMES;
    return this.#frames > 1 && (isLarge || now - this.#segment.state.begun >= bounds.segmentAgeMs);
  }

  /** Cuts off what a failed write left. */
  async mend(): Promise<void> {
    if (!this.#torn) return;
    await this.#storage.truncate(segmentName(this.#segment.first), this.#length);
    this.#torn = false;
  }

  /** Appends one frame, durable when it resolves. After a failure {@link mend} must come first. */
  async write(entries: readonly ChainedEntry[]): Promise<void> {
    const plain = utf8(entries.map(({ text }) => text).join('\n'));
    const header = { number: this.#frames, first: entries[0]!.entry.sequence, count: entries.length };
    const frame = encodeFrame(this.#segment.context, header, plain);
    this.#torn = true;
    await this.#appendAndSync(segmentName(this.#segment.first), frame);
    this.#torn = false;
    for (const { entry } of entries) this.#offsets.set(entry.id, this.#length);
    this.#length += frame.length;
    this.#frames++;
  }

  /** Closes the newest segment with its index and begins the next. */
  async rotate(state: Omit<SegmentState, 'v' | 'previous'>): Promise<void> {
    const old = this.newest;
    await this.#storage.writeAtomic(indexName(old.first), encodeIndex(this.#offsets));
    const { segment, bytes } = beginSegment(this.#keys, this.#random, { ...state, v: 1, previous: old });
    const name = segmentName(segment.first);
    // An earlier try to begin this segment may have left bytes.
    if ((await this.#storage.list()).includes(name)) await this.#storage.remove(name);
    await this.#appendAndSync(name, bytes);
    this.#closed = [...this.#closed, old];
    this.#segment = segment;
    this.#offsets = new Map();
    this.#length = segment.start;
    this.#frames = 1;
  }

  /** Segments that prune removes. */
  forget(firsts: ReadonlySet<number>): void {
    this.#closed = this.#closed.filter(({ first }) => !firsts.has(first));
  }

  async #appendAndSync(name: string, bytes: Uint8Array): Promise<void> {
    if (this.#storage.appendAndSync !== undefined) return this.#storage.appendAndSync(name, bytes);
    await this.#storage.append(name, bytes);
    await this.#storage.sync(name);
  }
}
