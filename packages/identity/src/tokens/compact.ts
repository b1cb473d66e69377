import { fromBase64Url, fromUtf8, isJsonObject, type JsonObject, parseStrictJson } from '@wardmesh/core';
import { MAX_TOKEN_LENGTH } from '../limits.ts';

export interface CompactParts {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

/**
 * Header and payload of a compact JWS (RFC 7515 §7.1), not verified. Base64url and JSON in one spelling only: a reader
 * that takes the first of two `exp` members and one that takes the last must not disagree here.
 */
export function readCompact(token: string): CompactParts | 'oversized' | 'malformed' {
  if (token.length > MAX_TOKEN_LENGTH) return 'oversized';
  const parts = token.split('.');
  if (parts.length !== 3 || parts[2] === '') return 'malformed';
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => parseStrictJson(fromUtf8(fromBase64Url(part))));
    fromBase64Url(parts[2]!);
    if (header?.ok !== true || payload?.ok !== true) return 'malformed';
    if (!isJsonObject(header.value) || !isJsonObject(payload.value)) return 'malformed';
    return { header: header.value, payload: payload.value };
  } catch {
    return 'malformed';
  }
}
