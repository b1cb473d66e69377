import { canonicalize, err, type Json, ok, parseStrictJson, type Result } from '@wardmesh/core';
import { fault, type VerifyFault } from '../fault.ts';
import { MAX_RECEIPT_LENGTH } from '../limits.ts';
import { receiptFault } from './shape.ts';
import type { Receipt } from './types.ts';

/**
 * A receipt from the text of a file or from parsed JSON. A text must be the canonical JSON (RFC 8785) with at most one
 * final newline: two files that differ in a byte are never both genuine.
 */
export function parseReceipt(input: unknown): Result<Receipt, VerifyFault> {
  const refused = (message: string, at?: string) => err(fault('RECEIPT_MALFORMED', message, at));
  const text = typeof input === 'string' ? input.replace(/\n$/, '') : canonicalText(input);
  if (text === undefined) return refused('not JSON');
  if (text.length > MAX_RECEIPT_LENGTH) return refused('larger than any receipt');
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return refused('not strict JSON', parsed.error.code);
  if (canonicalText(parsed.value) !== text) return refused('not canonical JSON');
  const wrong = receiptFault(parsed.value);
  if (wrong !== undefined) return refused('a member is missing, unknown or out of range', wrong);
  return ok(parsed.value as unknown as Receipt);
}

function canonicalText(value: unknown): string | undefined {
  try {
    return canonicalize(value as Json);
  } catch {
    return undefined;
  }
}
