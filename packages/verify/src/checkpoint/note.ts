import { equalBytes, err, fromBase64, ok, type Result, utf8 } from '@wardmesh/core';
import { fault, type VerifyFault } from '../fault.ts';
import { MAX_NOTE_LENGTH, MAX_NOTE_SIGNATURES } from '../limits.ts';
import { isKeyName, type NoteKey } from './key.ts';

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A signed note taken apart (C2SP signed-note); nothing in it is trusted yet. */
export interface Note {
  /** The signed text with its final newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const SIGNATURE_LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u;

export function parseNote(note: string): Result<Note, VerifyFault> {
  const refused = (at: string) => err(fault('RECEIPT_CHECKPOINT_MALFORMED', 'not a signed note', at));
  if (typeof note !== 'string' || note.length > MAX_NOTE_LENGTH) return refused('length');
  if (/[\u0000-\u0009\u000B-\u001F]/.test(note) || !note.isWellFormed()) return refused('characters');
  // The last empty line parts text from signatures.
  const split = note.lastIndexOf('\n\n');
  if (split <= 0 || !note.endsWith('\n')) return refused('separator');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_NOTE_SIGNATURES) return refused('signatures');
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const match = SIGNATURE_LINE.exec(line);
    if (match === null || !isKeyName(match[1]!)) return refused('signature line');
    try {
      const bytes = fromBase64(match[2]!);
      if (bytes.length < 5) return refused('signature length');
      signatures.push({ name: match[1]!, keyId: bytes.slice(0, 4), signature: bytes.slice(4) });
    } catch {
      return refused('signature encoding');
    }
  }
  return ok({ text: note.slice(0, split + 1), signatures });
}

/** The signatures that claim to be by `key`: name and id both fit. */
export function signaturesBy(note: Note, key: NoteKey): readonly NoteSignature[] {
  return note.signatures.filter((s) => s.name === key.name && equalBytes(s.keyId, key.id));
}

/** The bytes that a log signs. */
export function noteBytes(note: Note): Uint8Array {
  return utf8(note.text);
}
