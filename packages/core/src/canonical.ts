import { utf8 } from './bytes.ts';

/**
 * JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, ECMAScript number and string forms, no
 * white space. Members whose value is `undefined` are left out, as JSON.stringify does.
 * @throws TypeError for what JSON cannot carry: NaN, Infinity, bigint, functions, lone surrogates (RFC 8785 §3.2.2.2).
 */
export function canonicalize(value: unknown): string {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical form');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? canonicalArray(value) : canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`a ${typeof value} has no canonical form`);
  }
}

/** UTF-8 bytes of {@link canonicalize}. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8(canonicalize(value));
}

function canonicalArray(items: readonly unknown[]): string {
  let text = '[';
  for (let i = 0; i < items.length; i++) text += (i === 0 ? '' : ',') + canonicalize(items[i]);
  return `${text}]`;
}

function canonicalObject(object: Record<string, unknown>): string {
  // Array.prototype.sort without a comparator orders by UTF-16 code units, as RFC 8785 §3.2.3 asks.
  const keys = Object.keys(object).sort();
  let text = '';
  for (const key of keys) {
    const member = object[key];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoteName(key)}:${canonicalize(member)}`;
  }
  return `{${text}}`;
}

/** Member names recur: their quoted forms are kept, up to a bound that a flood of made-up names cannot pass. */
const quotedNames = new Map<string, string>();
const MAX_QUOTED_NAMES = 1_024;
const MAX_QUOTED_LENGTH = 64;

function quoteName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = canonicalize(name);
  if (quotedNames.size < MAX_QUOTED_NAMES && name.length <= MAX_QUOTED_LENGTH) quotedNames.set(name, quoted);
  return quoted;
}
