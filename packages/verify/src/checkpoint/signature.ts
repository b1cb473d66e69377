import { concatBytes, utf8 } from '@wardmesh/core';
import { ed25519Verify } from '@wardmesh/crypto/web';
import { COSIGNATURE_V1, ED25519, type NoteKey } from './key.ts';
import { type Note, noteBytes, signaturesBy } from './note.ts';

/** Whether `key` signed the note: at least one signature of that name and id, and every one of them good. */
export function isSignedBy(note: Note, key: NoteKey): boolean {
  if (key.type !== ED25519) return false;
  const claimed = signaturesBy(note, key);
  const bytes = noteBytes(note);
  return claimed.length > 0 && claimed.every((s) => ed25519Verify(key.publicKey, bytes, s.signature));
}

/** The bytes that a witness signs (C2SP tlog-cosignature, cosignature/v1). `time` in seconds since the epoch. */
export function cosignedBytes(note: Note, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
}

/** The body of a cosignature's line: time as 8 bytes, big-endian, then the signature. */
export function cosignatureBody(time: number, signature: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setBigUint64(0, BigInt(time));
  return concatBytes(head, signature);
}

/** When `witness` says it saw this checkpoint, seconds; `missing` without a line of its own, `wrong` where one is bad. */
export function cosignedAt(note: Note, witness: NoteKey): number | 'missing' | 'wrong' {
  if (witness.type !== COSIGNATURE_V1) return 'missing';
  let latest: number | 'missing' = 'missing';
  for (const { signature } of signaturesBy(note, witness)) {
    if (signature.length !== 72) return 'wrong';
    const view = new DataView(signature.buffer, signature.byteOffset, signature.length);
    const time = Number(view.getBigUint64(0));
    if (!Number.isSafeInteger(time)) return 'wrong';
    if (!ed25519Verify(witness.publicKey, cosignedBytes(note, time), signature.subarray(8))) return 'wrong';
    latest = latest === 'missing' ? time : Math.max(latest, time);
  }
  return latest;
}
