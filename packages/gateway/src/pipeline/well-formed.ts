import { isJsonObject, type Json } from '@wardmesh/core';

/** How a surrogate can stand in JSON that came as UTF-8: as an escape. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Whether `value`, parsed from `text`, holds half a character (RFC 7493 §2.1): it has no canonical form and no hash. */
export function hasLoneSurrogate(text: string, value: Json): boolean {
  return SURROGATE_ESCAPE.test(text) && !isWellFormed(value);
}

export function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (!isJsonObject(value)) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member as Json));
}

/** The value with U+FFFD in the place of each lone surrogate. */
export function toWellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(toWellFormed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.toWellFormed(), toWellFormed(member as Json)]),
  );
}
