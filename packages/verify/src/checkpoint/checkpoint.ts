import { err, fromBase64, ok, type Result, toBase64 } from '@wardmesh/core';
import { fault, type VerifyFault } from '../fault.ts';
import { isKeyName } from './key.ts';
import { type Note, parseNote } from './note.ts';

/** What a checkpoint states (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves in the tree. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
  readonly note: Note;
}

/** The text that is signed: origin, size, root, one a line. */
export function checkpointText(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Parses a signed checkpoint. Its signatures are not checked here. */
export function parseCheckpoint(signed: string): Result<Checkpoint, VerifyFault> {
  const note = parseNote(signed);
  if (!note.ok) return note;
  const refused = (at: string) => err(fault('RECEIPT_CHECKPOINT_MALFORMED', 'not a checkpoint', at));
  const [origin, size, root, ...extensions] = note.value.text.slice(0, -1).split('\n');
  if (origin === undefined || !isKeyName(origin)) return refused('origin');
  if (size === undefined || !/^(?:0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    return refused('size');
  }
  if (extensions.some((line) => line === '')) return refused('extension');
  try {
    const hash = fromBase64(root ?? '');
    if (hash.length !== 32) return refused('root');
    return ok({ origin, size: Number(size), root: hash, extensions, note: note.value });
  } catch {
    return refused('root');
  }
}
