import type { Clock } from '@wardmesh/core';
import type { Failover, Sleep } from './failover.ts';
import { asLedgersError, type XrplNode } from './node.ts';
import type { Provisional, SubmissionOutcome } from './port.ts';
import { resultFacts } from './result.ts';
import type { SignedTransaction } from './signed.ts';
import { askForStory, type Sought, type Story } from './story.ts';
import { judge } from './verdict.ts';

export interface WaitContext {
  readonly failover: Failover;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly pollMs: number;
  /** Endpoints that must agree before anything is final. */
  readonly confirmations: number;
}

export interface Wait {
  /** First ledger that can hold it. */
  readonly first: number;
  readonly waitMs: number;
  readonly provisional: Provisional | undefined;
  /** Send it again to nodes that do not have it. */
  readonly resend: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Nodes that lost, or swallowed, a transaction are sent it again after so many looks. */
const RESEND_EVERY = 3;

/**
 * Looks until enough endpoints agree that a validated ledger holds the transaction, or that its last ledger has passed
 * without it. A provisional result is never reported as an outcome.
 * @throws LedgersError ENDPOINTS_DISAGREE
 */
export async function awaitOutcome(
  context: WaitContext,
  signed: SignedTransaction,
  wait: Wait,
): Promise<SubmissionOutcome> {
  const { hash, lastLedgerSequence } = signed;
  const sought = { hash, first: wait.first, last: lastLedgerSequence };
  const deadline = context.clock.monotonic() + wait.waitMs;
  for (let look = 1; ; look++) {
    const stories = await gather(context, sought);
    const verdict = judge(stories, sought, context.confirmations);
    if (verdict.kind === 'validated') {
      const { result } = verdict.transaction;
      return {
        ...verdict.transaction,
        ...resultFacts(result),
        kind: 'validated',
        success: result === 'tesSUCCESS',
        confirmedBy: verdict.confirmedBy,
      };
    }
    const { provisional } = wait;
    if (verdict.kind === 'expired') {
      return { kind: 'expired', hash, lastLedgerSequence, confirmedBy: verdict.confirmedBy, provisional };
    }
    if (context.clock.monotonic() >= deadline || wait.signal?.aborted === true) {
      return { kind: 'pending', hash, lastLedgerSequence, provisional };
    }
    if (wait.resend && look % RESEND_EVERY === 0) await resend(stories, signed);
    await context.sleep(context.pollMs);
  }
}

/** Stories of as many nodes as must agree; a node that fails is passed over for the next. */
async function gather(context: WaitContext, sought: Sought): Promise<readonly Story[]> {
  const stories: Story[] = [];
  for (const node of context.failover.ordered()) {
    if (stories.filter(({ kind }) => kind !== 'silent').length >= context.confirmations) break;
    stories.push(await tell(node, sought));
  }
  return stories;
}

async function tell(node: XrplNode, sought: Sought): Promise<Story> {
  try {
    return await askForStory(node, sought);
  } catch (error) {
    return { kind: 'silent', node, error: asLedgersError(error) };
  }
}

async function resend(stories: readonly Story[], { blob, lastLedgerSequence }: SignedTransaction): Promise<void> {
  for (const story of stories) {
    if (story.kind !== 'absent' || story.validatedIndex >= lastLedgerSequence) continue;
    // Whatever it says now is provisional; the next look tells.
    await story.node.requestRaw('submit', { tx_blob: blob }).catch(() => undefined);
  }
}
