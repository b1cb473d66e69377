import { fromUtf8, utf8 } from '@wardmesh/core';
import type { SigningKey } from '@wardmesh/crypto';
import { isSignedBy, noteKey, parseNote } from '@wardmesh/verify';
import { signNote } from '../tree/checkpoint.ts';

/** What a prune removed: all entries up to `through`, whose last hash the next entry continues. */
export interface PruneRecord {
  readonly through: number;
  readonly lastHash: string;
  /** ms */
  readonly time: number;
}

const TITLE = 'wardmesh/audit/prune/v1';

/** The record as a signed note: its first line keeps it apart from a checkpoint. */
export function encodePrune(origin: string, record: PruneRecord, signing: SigningKey): Uint8Array {
  return utf8(
    signNote(`${TITLE}\n${origin}\n${record.through}\n${record.lastHash}\n${record.time}\n`, origin, signing),
  );
}

/** The record, where `publicKey` signed it for this log; undefined for anything else. */
export function readPrune(origin: string, publicKey: Uint8Array, bytes: Uint8Array): PruneRecord | undefined {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return undefined;
  }
  const note = parseNote(text);
  if (!note.ok || !isSignedBy(note.value, noteKey(origin, publicKey))) return undefined;
  const [title, of, through, lastHash, time] = note.value.text.split('\n');
  if (title !== TITLE || of !== origin || lastHash === undefined) return undefined;
  return { through: Number(through), lastHash, time: Number(time) };
}
