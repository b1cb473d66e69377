import { type HmacKey, sha256Text } from '@wardmesh/crypto';
import type { AuditEntry } from '@wardmesh/verify';
import type { PreparedEvent } from './event.ts';

/** An entry in its place: its canonical text is what is stored, and what the Merkle leaf covers. */
export interface ChainedEntry {
  readonly entry: AuditEntry;
  readonly text: string;
  /** RFC 9162 leaf hash of the text, 32 bytes. */
  readonly leaf: Uint8Array;
}

export interface EntryPlace {
  readonly id: string;
  readonly sequence: number;
  readonly timestamp: string;
  readonly previousHash: string;
}

/**
 * Puts an event into the chain: hash = HMAC-SHA-256(key, canonical entry without `hash`) (XR-AUD-2). The canonical
 * text is built once and the hash spliced in where the member order (RFC 8785 §3.2.3) puts it, after `eventType`.
 */
export function chainEntry(key: HmacKey, event: PreparedEvent, place: EntryPlace): ChainedEntry {
  const rest = `,"id":"${place.id}"${event.middle}${place.previousHash}"${event.receipt},"sequence":${place.sequence},"timestamp":"${place.timestamp}"${event.end}`;
  const hash = key.hex(event.front + rest);
  const text = `${event.front},"hash":"${hash}"${rest}`;
  return { entry: { ...event.event, ...place, hash }, text, leaf: leafOfText(text) };
}

/** RFC 9162 §2.1.1: SHA-256(0x00 ‖ data). U+0000 is the byte 0x00 in UTF-8. */
export function leafOfText(text: string): Uint8Array {
  return sha256Text(`\u0000${text}`);
}

/**
 * The entry that a stored text is, where `key` made its hash. The bytes are checked as they are: the text without the
 * spliced-in member must be what was hashed. `,"hash":"` unescaped can only be a member, and the first is the entry's.
 */
export function readChained(key: HmacKey, text: string): AuditEntry | undefined {
  let entry: AuditEntry;
  try {
    entry = JSON.parse(text) as AuditEntry;
  } catch {
    return undefined;
  }
  const member = `,"hash":"${entry?.hash}"`;
  const at = text.indexOf(member);
  if (at === -1) return undefined;
  return key.hex(text.slice(0, at) + text.slice(at + member.length)) === entry.hash ? entry : undefined;
}
