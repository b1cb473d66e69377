import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CodedError } from '@wardmesh/core';
import { type Catalogue as PolicyCatalogue, PolicyEngine, type PolicyFile, type PolicyProblem } from '@wardmesh/policy';
import type { Catalogue } from '../catalogue/catalogue.ts';

export type PolicyLoadErrorCode = 'POLICY_INVALID' | 'POLICY_UNREADABLE';

/** The Cedar files of a folder, by name. @throws CodedError POLICY_UNREADABLE */
export function readPolicyFiles(folder: string): PolicyFile[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.cedar') && !name.startsWith('.'))
      .sort()
      .map((name) => ({ name: basename(name), text: readFileSync(join(folder, name), 'utf8') }));
  } catch (cause) {
    throw new CodedError('POLICY_UNREADABLE', `The policies in ${folder} cannot be read.`, {
      hint: 'ward init writes a default policy.',
      cause,
    });
  }
}

/** What policies may speak of: every reviewed tool, also those held back at the moment. */
export function policyCatalogue(catalogue: Catalogue, roles: readonly string[]): PolicyCatalogue {
  return {
    roles,
    servers: catalogue.servers().map((entry) => ({
      id: entry.id,
      tools: Object.entries(entry.book?.pins.tools ?? {}).map(([name, tool]) => ({
        name,
        inputSchema: (tool.definition.inputSchema ?? {}) as never,
      })),
    })),
  };
}

/** @throws CodedError POLICY_INVALID with file, line and reason of the first problem */
export function loadPolicies(folder: string, catalogue: PolicyCatalogue): PolicyEngine {
  const loaded = PolicyEngine.load(readPolicyFiles(folder), catalogue);
  if (loaded.ok) return loaded.value;
  throw policyError(loaded.error);
}

export function policyError(problems: readonly PolicyProblem[]): CodedError<PolicyLoadErrorCode> {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  const place = first ? `${first.file}:${first.line}:${first.column}: ${first.message}${more}` : 'no policy';
  return new CodedError('POLICY_INVALID', place, {
    hint: first?.hint ?? 'ward policy check shows every problem.',
    details: { problems },
  });
}

/** Permits nothing: in force while no valid policy is. */
export function denyAll(catalogue: PolicyCatalogue): PolicyEngine {
  const loaded = PolicyEngine.load([], catalogue);
  if (!loaded.ok) throw policyError(loaded.error);
  return loaded.value;
}
