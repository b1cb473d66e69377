import { BoundedCache, isUuid, redactText } from '@wardmesh/core';

/** CAIP-10: chain namespace, reference and address. An address of 32 bytes in hex looks like a key and is none. */
const ACCOUNT = /^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128}$/;

/** Names recur: what they look like without secrets is kept. */
const clean = new BoundedCache<string, string>(1_024);
const MAX_KEPT_LENGTH = 128;

/**
 * An identifier without what must never be logged, such as the IP address that a caller took for a name (XR-AUD-4).
 * What is not a text is left for the shape check to refuse.
 */
export function redactName<T>(name: T): T | string {
  if (typeof name !== 'string' || name === '' || isUuid(name) || ACCOUNT.test(name)) return name;
  const known = clean.get(name);
  if (known !== undefined) return known;
  const redacted = redactText(name);
  if (name.length <= MAX_KEPT_LENGTH) clean.set(name, redacted);
  return redacted;
}
