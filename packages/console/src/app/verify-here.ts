import { canonicalize } from '@wardmesh/core';
import { type AuditEntry, verifyReceipt } from '@wardmesh/verify';

export type Verdict = { readonly text: string } & (
  | {
      readonly ok: true;
      readonly entry: AuditEntry;
      readonly origin: string;
      readonly index: number;
      readonly size: number;
    }
  | { readonly ok: false; readonly code: string; readonly message: string }
);

/** What a receipt proves, checked by this browser with the reader that strangers use. */
export function verifyHere(receipt: unknown, vkey: string): Verdict {
  const text = canonicalize(receipt as Parameters<typeof canonicalize>[0]);
  const verified = verifyReceipt(text, { vkey });
  if (!verified.ok) return { ok: false, text, code: verified.error.code, message: verified.error.message };
  const { entry, log } = verified.value;
  return { ok: true, text, entry, origin: log.origin, index: log.index, size: log.size };
}
