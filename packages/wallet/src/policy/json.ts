import type { Json, JsonObject } from '@wardmesh/core';
import type { WalletPolicy } from './model.ts';

/** Name of the canonical format in its own files. */
export const POLICY_FORMAT = 'wardmesh-wallet-policy/1';

/** The policy as JSON: amounts as decimal text of drops. What is hashed, stored and loaded back. */
export function policyToJson(policy: WalletPolicy): JsonObject {
  return { format: POLICY_FORMAT, ...(toJson(policy) as JsonObject) };
}

function toJson(value: unknown): Json {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
  }
  return value as Json;
}
