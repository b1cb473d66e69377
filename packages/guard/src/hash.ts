import { hash } from 'node:crypto';
import { canonicalize } from '@wardmesh/core';

/** A SHA-256 hash as records spell it. */
export type Sha256 = `sha256:${string}`;

/** Hash of the canonical form (RFC 8785) of a JSON value. @throws TypeError where it has none. */
export function hashJson(value: unknown): Sha256 {
  return `sha256:${hash('sha256', canonicalize(value), 'hex')}`;
}
