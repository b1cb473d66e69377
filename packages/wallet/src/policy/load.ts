import { err, isJsonObject, type Json, ok, parseStrictJson, type Result } from '@wardmesh/core';
import type { z } from 'zod';
import { WalletError } from '../error.ts';
import { MAX_POLICY_CHARS } from '../limits.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import { formatA, fromFormatA } from './format-a.ts';
import { formatB, fromFormatB } from './format-b.ts';
import { policyToJson } from './json.ts';
import type { Network, WalletPolicy } from './model.ts';
import { type Position, positionAt, positionOf } from './position.ts';
import { policySchema } from './schema.ts';

/** One thing wrong with a policy text. `path` is a JSON pointer (RFC 6901) into it. */
export interface PolicyFault extends Position {
  readonly path: string;
  readonly message: string;
}

/** Why a policy text was refused; `details.faults` are {@link PolicyFault}s, first ones first. */
function refused(faults: readonly PolicyFault[]): { ok: false; error: WalletError } {
  const first = faults[0]!;
  const where = `line ${first.line}, column ${first.column}${first.path === '' ? '' : ` (${first.path})`}`;
  return err(new WalletError('INVALID_POLICY', `${where}: ${first.message}`, { details: { faults } }));
}

/**
 * Reads a policy text of any of the three formats and makes it ready to decide: A `AgentWalletPolicy` (has
 * `policy_id`), B `policies/schema.json` (has `tiers`), and our own (has `format`). Strict: duplicate keys, unknown keys,
 * wrong checksums and rules or patterns that would not work refuse it whole.
 * @param options.network the wallet's network. Format A does not name one; the others must name this one.
 * @returns INVALID_POLICY with `details.faults`, INVALID_PATTERN
 */
export function loadPolicy(text: string, options: { readonly network: Network }): Result<CompiledPolicy, WalletError> {
  if (text.length > MAX_POLICY_CHARS) {
    return refused([{ path: '', line: 1, column: 1, message: 'a policy has at most 1 MiB' }]);
  }
  const json = parseStrictJson(text, { exactIntegers: true });
  if (!json.ok) {
    return refused([{ path: '', ...positionAt(text, json.error.at), message: json.error.code }]);
  }
  const policy = readAny(json.value, text, options.network);
  if (!policy.ok) return policy;
  if (policy.value.network !== options.network) {
    const at = positionOf(text, ['network']);
    return refused([{ path: '/network', ...at, message: `the wallet is on ${options.network}` }]);
  }
  return compilePolicy(policy.value);
}

function readAny(json: Json, text: string, network: Network): Result<WalletPolicy, WalletError> {
  if (!isJsonObject(json)) return refused([{ path: '', line: 1, column: 1, message: 'a policy is a JSON object' }]);
  if (json.format !== undefined) return read(policySchema, json, text);
  if (json.policy_id !== undefined) {
    const given = read(formatA, json, text);
    return given.ok ? canonical(fromFormatA(given.value, network)) : given;
  }
  const given = read(formatB, json, text);
  return given.ok ? canonical(fromFormatB(given.value)) : given;
}

/** A policy made in code, checked and put in canonical order like one that was read. */
export function canonical(policy: WalletPolicy): Result<WalletPolicy, WalletError> {
  return read(policySchema, policyToJson(policy), '');
}

function read<S extends z.ZodType>(schema: S, json: Json, text: string): Result<z.output<S>, WalletError> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  return refused(parsed.error.issues.slice(0, 20).map((issue) => toFault(issue, text)));
}

function toFault(issue: z.core.$ZodIssue, text: string): PolicyFault {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]!] : issue.path;
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { path: pointer, ...positionOf(text, path), message: issue.message };
}

/** RFC 7396: members replaced one by one, arrays whole, null unsets. How `policy_set` merges a change into a policy text. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map<string, Json>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}
