import { canonicalBytes } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import type { AuthorityService } from '../authority-ports.ts';
import { assertNetwork } from './completion.ts';
import type { AuthorityParts } from './parts.ts';

type Take = Parameters<AuthorityService['takeSequence']>[0];
type Taken = Awaited<ReturnType<AuthorityService['takeSequence']>>;

/**
 * Counts a transaction of the signer's own before it is signed, so that no agent's takes its Sequence, nor it one of
 * theirs. The same act again, while the ledger may still take the first, gets the first one's: of the two it takes one.
 * @throws POLICY_MISSING, NETWORK_MISMATCH
 */
export async function takeSequence(parts: AuthorityParts, take: Take): Promise<Taken> {
  const { network, address, act, ledgersAhead } = take;
  const { usage, clock, policies, ledgers } = parts;
  const { compiled } = policies.get(network, address);
  assertNetwork(take.facts, compiled.policy.ledger.networkId);
  const { ledgerIndex, accountSequence, fee } = ledgers.plausible(network, take.facts)!;
  const id = `own/${act}`;
  return usage.of(network).atomically(address, (transaction) => {
    const before = transaction.find(id);
    const earlier = Number(before?.sequences[0]?.slice('sequence:'.length) ?? 0);
    const isAlive = before !== undefined && before.lastLedgerSequence >= ledgerIndex && earlier >= accountSequence;
    const sequence = isAlive ? earlier : usage.peek(network, address).freeSequence(accountSequence, ledgerIndex);
    const lastLedgerSequence = ledgerIndex + ledgersAhead;
    const now = Math.max(clock.now(), transaction.clockMark());
    transaction.markClock(now);
    transaction.save({
      id,
      wallet: address,
      digest: contentHash(
        canonicalBytes({ network, address, act, sequence, lastLedgerSequence }),
      ) as `sha256:${string}`,
      state: 'committed',
      at: now,
      tier: 3,
      spend: 0n,
      fee: BigInt(fee),
      transactions: 1,
      destinations: [],
      sequences: [`sequence:${sequence}`],
      lastLedgerSequence,
      policyHash: compiled.hash,
    });
    return { sequence, lastLedgerSequence };
  });
}
