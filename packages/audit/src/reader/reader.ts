import { fromUtf8 } from '@wardmesh/core';
import { type AuditEntry, isSignedBy, noteKey, parseCheckpoint, type Receipt, type Tile } from '@wardmesh/verify';
import { type VerifyReport, verifyView } from '../care/verify.ts';
import { auditError, tampered } from '../error.ts';
import { exportEntry } from '../log/export.ts';
import { takeInventory } from '../log/inspect.ts';
import { type FindQuery, findEntries, getEntry, type LogView } from '../log/view.ts';
import type { ReadableLogStorage } from '../ports.ts';
import { type AuditReadKeys, type LogKeys, logKeys } from '../storage/keys.ts';
import { CHECKPOINT, segmentName } from '../storage/names.ts';
import { openSegment } from '../storage/segment.ts';
import { signCheckpoint, vkeyOf } from '../tree/checkpoint.ts';
import { MerkleTree } from '../tree/tree.ts';
import { readLeaves } from './leaves.ts';

export interface ReaderOptions {
  readonly storage: ReadableLogStorage;
  readonly keys: AuditReadKeys;
  readonly origin: string;
  /** The log's public key, for a reader without the signing key. */
  readonly publicKey?: Uint8Array;
}

/**
 * Reads a log that another process may be writing, or that is damaged (XR-AUD-5): it has no way to write or delete.
 * It shows what the head covers at the time of each call.
 */
export class AuditReader {
  readonly #options: ReaderOptions;
  readonly #keys: LogKeys;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#keys = logKeys(options.keys);
  }

  /** Entries that the head covers. */
  async size(): Promise<number> {
    return (await this.#view()).size;
  }

  async get(id: string): Promise<AuditEntry | undefined> {
    return getEntry(await this.#view(), id);
  }

  async find(query: FindQuery = {}): Promise<AuditEntry[]> {
    return findEntries(await this.#view(), query);
  }

  /** The last `count` entries, in order. */
  async tail(count = 100): Promise<AuditEntry[]> {
    const view = await this.#view();
    return findEntries(view, { after: Math.max(0, view.size - count), limit: count });
  }

  /** Checks everything and reports the first damage; never throws for damage. */
  async verify(onProgress?: (done: number, all: number) => void): Promise<VerifyReport> {
    const view = await this.#view();
    return verifyView(view, await this.#tree(view), onProgress);
  }

  /**
   * The receipt of an entry: under a fresh checkpoint where the reader holds the signing key, else under the stored one.
   * @throws AUDIT_NOT_FOUND, AUDIT_NO_CHECKPOINT
   */
  async exportReceipt(id: string): Promise<Receipt> {
    const view = await this.#view();
    const entry = await getEntry(view, id);
    if (entry === undefined) throw auditError('AUDIT_NOT_FOUND', 'the log holds no entry with this id');
    const tree = await this.#tree(view);
    const { size, checkpoint } = await this.#checkpoint(view, tree);
    if (entry.sequence > size) {
      throw auditError('AUDIT_NO_CHECKPOINT', 'no stored checkpoint covers the entry yet', { retryAfter: 5 });
    }
    const publicKey = this.#publicKey();
    const vkey = publicKey === undefined ? undefined : vkeyOf(view.origin, { publicKey });
    return exportEntry(entry, tree, { origin: view.origin, size, checkpoint, ...(vkey !== undefined && { vkey }) });
  }

  /** Hashes of one C2SP tile of the tree that the head covers. */
  async tile(tile: Tile): Promise<Uint8Array | undefined> {
    return (await this.#tree(await this.#view())).tile(tile);
  }

  #publicKey(): Uint8Array | undefined {
    return this.#options.publicKey ?? this.#options.keys.signing?.publicKey;
  }

  async #checkpoint(view: LogView, tree: MerkleTree): Promise<{ size: number; checkpoint: string }> {
    const { signing } = this.#options.keys;
    if (signing !== undefined) {
      return { size: view.size, checkpoint: signCheckpoint(view.origin, view.size, await tree.root(), signing) };
    }
    const stored = await view.storage.read(CHECKPOINT).catch(() => undefined);
    const text = stored === undefined ? '' : fromUtf8(stored);
    const parsed = parseCheckpoint(text);
    const publicKey = this.#publicKey();
    const trusted =
      parsed.ok && (publicKey === undefined || isSignedBy(parsed.value.note, noteKey(view.origin, publicKey)));
    if (!trusted || parsed.value.size > view.size) return { size: 0, checkpoint: '' };
    return { size: parsed.value.size, checkpoint: text };
  }

  async #view(): Promise<LogView> {
    const { storage, origin } = this.#options;
    const inventory = await takeInventory(storage, this.#keys, origin, this.#publicKey());
    if (inventory === undefined) throw auditError('AUDIT_NOT_FOUND', 'there is no log here');
    const { head } = inventory;
    const segments: { first: number; length: number }[] = [];
    for (const first of inventory.segments) {
      if (first > head.segment) continue;
      const length = first === head.segment ? head.length : await storage.size(segmentName(first));
      segments.push({ first, length });
    }
    if (segments.at(-1)?.first !== head.segment) {
      if (head.size > 0)
        throw tampered('the segment that the head names is missing', { file: segmentName(head.segment) });
      throw auditError('AUDIT_NOT_FOUND', 'the log is empty');
    }
    return { storage, keys: this.#keys, origin, segments, size: head.size, lastHash: head.lastHash };
  }

  /** The stored tree, grown by the entries of the newest segment, whose tiles may not be written yet. */
  async #tree(view: LogView): Promise<MerkleTree> {
    const newest = view.segments.at(-1)!;
    const tree = await MerkleTree.load(view.storage, newest.first - 1);
    if (tree === undefined) throw tampered('hashes of the tree are missing', { file: 'tiles-0' });
    const segment = await openSegment(view.storage, view.keys, view.origin, newest.first);
    if (segment === undefined) return tree;
    for (const leaf of await readLeaves(view, newest, segment)) tree.push(leaf);
    return tree;
  }
}
