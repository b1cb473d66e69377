import { concatBytes, toBase64, utf8 } from '@wardmesh/core';
import type { SigningKey } from '@wardmesh/crypto';
import { checkpointText, formatVkey, noteKey } from '@wardmesh/verify';

/** Signs `text` as a note (C2SP signed-note). The key's name is the log's origin. */
export function signNote(text: string, name: string, signing: SigningKey): string {
  const { id } = noteKey(name, signing.publicKey);
  return `${text}\n\u2014 ${name} ${toBase64(concatBytes(id, signing.sign(utf8(text))))}\n`;
}

/** A signed checkpoint (C2SP tlog-checkpoint; WM-RCP-3). */
export function signCheckpoint(origin: string, size: number, root: Uint8Array, signing: SigningKey): string {
  return signNote(checkpointText(origin, size, root), origin, signing);
}

/** The log's verifier key, which readers need. */
export function vkeyOf(origin: string, signing: Pick<SigningKey, 'publicKey'>): string {
  return formatVkey(noteKey(origin, signing.publicKey));
}
