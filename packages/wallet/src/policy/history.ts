import { err, ok, type Result, toTimestamp } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import type { CompiledPolicy } from './compile.ts';
import { compareStrictness, type PolicyChange } from './strictness.ts';
import { checkVersion } from './version.ts';

/** One entry of a wallet's policy history (policy_set). */
export interface PolicyHistoryEntry {
  readonly version: string;
  readonly policyHash: `sha256:${string}`;
  readonly previousVersion: string;
  readonly previousPolicyHash: `sha256:${string}`;
  readonly createdBy: string;
  /** 10–500 characters. */
  readonly reason: string;
  readonly createdAt: string;
  readonly verdict: 'tightening' | 'loosening';
  readonly changes: readonly PolicyChange[];
}

/**
 * The entry that a change of policy makes, or why it may not be made: the id never changes, the version rises by as much
 * as the change asks. Whether a loosening was approved is the caller's to check, over both hashes.
 * @returns INVALID_POLICY, INVALID_VERSION
 */
export function policyChange(
  previous: CompiledPolicy,
  next: CompiledPolicy,
  given: { readonly by: string; readonly reason: string; readonly at: number },
): Result<PolicyHistoryEntry, WalletError> {
  if (next.policy.id !== previous.policy.id) return err(new WalletError('INVALID_POLICY', 'a policy keeps its id'));
  if (next.policy.network !== previous.policy.network) {
    return err(new WalletError('INVALID_POLICY', 'a policy keeps its network'));
  }
  if (given.reason.length < 10 || given.reason.length > 500) {
    return err(new WalletError('INVALID_POLICY', 'a reason has 10 to 500 characters'));
  }
  const { verdict, changes, bump } = compareStrictness(previous, next);
  if (verdict === 'same') return err(new WalletError('INVALID_POLICY', 'nothing changes'));
  const version = checkVersion(previous.policy.version, next.policy.version, bump);
  if (!version.ok) return version;
  return ok({
    version: next.policy.version,
    policyHash: next.hash,
    previousVersion: previous.policy.version,
    previousPolicyHash: previous.hash,
    createdBy: given.by,
    reason: given.reason,
    createdAt: toTimestamp(given.at),
    verdict,
    changes,
  });
}
