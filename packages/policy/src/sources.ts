import { hash } from 'node:crypto';
import {
  type DetailedError,
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
} from '@cedar-policy/cedar-wasm/nodejs';
import { canonicalize, err, ok, type Result, utf8 } from '@wardmesh/core';
import { MAX_POLICIES, MAX_POLICY_FILE, MAX_POLICY_FILES, MAX_QUORUM } from './limits.ts';
import type { PolicyFile, PolicyProblem } from './model.ts';

/** One policy of a file. */
export interface SourcePolicy {
  /** `@id`, else `file:n` with n from 1. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly json: PolicyJson;
  /** From `@approval("m")`. */
  readonly quorum: number | undefined;
}

export interface PolicySource {
  readonly policies: readonly SourcePolicy[];
  /** `sha256:` of the canonical list of files, sorted by name. */
  readonly version: string;
}

/** Reads policy files. Every problem is reported with its place. */
export function readSources(files: readonly PolicyFile[]): Result<PolicySource, readonly PolicyProblem[]> {
  const problems: PolicyProblem[] = [];
  const policies: SourcePolicy[] = [];
  if (files.length > MAX_POLICY_FILES) return err([{ ...nowhere(''), message: `more than ${MAX_POLICY_FILES} files` }]);
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const file of sorted) {
    if (file.text.length > MAX_POLICY_FILE) {
      problems.push({ ...nowhere(file.name), message: `the file is larger than ${MAX_POLICY_FILE} characters` });
    } else {
      readFile(file, policies, problems);
    }
  }
  if (policies.length > MAX_POLICIES) problems.push({ ...nowhere(''), message: `more than ${MAX_POLICIES} policies` });
  reportDuplicates(policies, problems);
  if (problems.length > 0) return err(problems);
  const canonical = canonicalize(sorted.map(({ name, text }) => ({ name, text })));
  return ok({ policies, version: `sha256:${hash('sha256', canonical, 'hex')}` });
}

function readFile(file: PolicyFile, policies: SourcePolicy[], problems: PolicyProblem[]): void {
  const parts = policySetTextToParts(file.text);
  if (parts.type === 'failure') {
    for (const error of parts.errors.flatMap(withRelated)) problems.push(toProblem(file, error));
    return;
  }
  if (parts.policy_templates.length > 0) {
    problems.push({
      ...placeOf(file, Math.max(0, file.text.indexOf(parts.policy_templates[0] as string))),
      message: 'policy templates are not supported',
      hint: 'replace ?principal and ?resource by entities',
    });
  }
  let number = 0;
  for (const { text, offset } of inOrder(file.text, parts.policies)) {
    number++;
    const parsed = policyToJson(text);
    const place = placeOf(file, offset);
    if (parsed.type === 'failure') {
      problems.push({ ...place, message: parsed.errors[0]?.message ?? 'the policy cannot be read' });
      continue;
    }
    const { annotations } = parsed.json;
    const quorum = readQuorum(annotations?.approval);
    if (quorum === null) {
      problems.push({
        ...place,
        message: `@approval must be a whole number from 1 to ${MAX_QUORUM}`,
        hint: '@approval("2") asks two people',
      });
      continue;
    }
    if (quorum !== undefined && parsed.json.effect === 'forbid') {
      problems.push({ ...place, message: '@approval on a forbid has no meaning', hint: 'put it on a permit' });
      continue;
    }
    const id = annotations?.id ?? `${file.name}:${number}`;
    policies.push({ id, file: file.name, line: place.line, column: place.column, text, json: parsed.json, quorum });
  }
}

/** Cedar sorts the parts by an internal id; here they get back the order of the file. */
function inOrder(source: string, parts: readonly string[]): readonly { text: string; offset: number }[] {
  const next = new Map<string, number>();
  return parts
    .map((text) => {
      const offset = source.indexOf(text, next.get(text) ?? 0);
      next.set(text, offset + text.length);
      return { text, offset: Math.max(0, offset) };
    })
    .sort((a, b) => a.offset - b.offset);
}

/** Undefined where absent, null where it is no quorum. */
function readQuorum(annotation: string | undefined): number | undefined | null {
  if (annotation === undefined) return undefined;
  if (!/^[1-9]\d?$/.test(annotation)) return null;
  const quorum = Number(annotation);
  return quorum <= MAX_QUORUM ? quorum : null;
}

function reportDuplicates(policies: readonly SourcePolicy[], problems: PolicyProblem[]): void {
  const seen = new Map<string, SourcePolicy>();
  for (const policy of policies) {
    const first = seen.get(policy.id);
    if (first !== undefined) {
      problems.push({
        file: policy.file,
        line: policy.line,
        column: policy.column,
        message: `@id("${policy.id}") is used twice`,
        hint: `the first is in ${first.file} line ${first.line}`,
      });
    }
    seen.set(policy.id, policy);
  }
}

/** Cedar lists further syntax errors below the first. */
function withRelated(error: DetailedError): readonly DetailedError[] {
  return [error, ...(error.related ?? []).flatMap(withRelated)];
}

/** A Cedar error with its place in the file. @param base offset in bytes of the text that was parsed. */
export function toProblem(file: PolicyFile, error: DetailedError, base = 0): PolicyProblem {
  const label = error.sourceLocations?.[0];
  const place = label === undefined ? nowhere(file.name) : placeOf(file, unitsAt(file.text, base + label.start));
  const hint = error.help ?? label?.label;
  return { ...place, message: error.message, ...(hint != null && { hint }) };
}

/** Cedar counts UTF-8 bytes, editors count characters. */
function unitsAt(text: string, bytes: number): number {
  return new TextDecoder().decode(utf8(text).subarray(0, bytes)).length;
}

function placeOf(file: PolicyFile, offset: number): { file: string; line: number; column: number } {
  const before = file.text.slice(0, offset);
  const line = before.split('\n').length;
  return { file: file.name, line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}

function nowhere(file: string): { file: string; line: number; column: number } {
  return { file, line: 0, column: 0 };
}
