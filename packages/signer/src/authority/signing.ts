import { redactText, sanitise } from '@wardmesh/core';
import { Limits } from '@wardmesh/wallet';
import type { Network, Params, SigningKeyFacts, WalletView } from '../authority-ports.ts';
import type { SignOutcome } from '../protocol/agent.ts';
import type { DecisionJson, LedgerFacts } from '../protocol/parts.ts';
import { assertNetwork, complete, type GivenTransaction, readGiven } from './completion.ts';
import { INSTRUCTION, suggestionsFor, toDecisionJson } from './decision-json.ts';
import { authorityError } from './error.ts';
import { MAX_CONTEXT } from './limits.ts';
import type { AuthorityParts } from './parts.ts';
import type { Performer } from './perform.ts';
import type { WalletPolicyRecord } from './policies.ts';
import { isInstruction } from './screening.ts';
import { signSingle } from './single-sign.ts';
import { assertUsable } from './usable.ts';

export type Ask = Params<'sign.check'>;

/** An ask whose wallet, policy and bytes were read. */
export interface ReadAsk {
  readonly network: Network;
  readonly wallet: WalletView;
  readonly key: SigningKeyFacts;
  readonly policy: WalletPolicyRecord;
  readonly given: GivenTransaction;
  readonly facts: LedgerFacts | null;
  readonly principal: string;
  readonly context: string | null;
}

/** Parks a transaction of tier 2 or 3. */
export type Park = (ask: ReadAsk, decision: DecisionJson) => Promise<SignOutcome>;

/** `sign.check` and `sign.request`: one reading, one decision, and only the second counts and signs. */
export class Signing {
  readonly #parts: AuthorityParts;
  readonly #performer: Performer;

  constructor(parts: AuthorityParts, performer: Performer) {
    this.#parts = parts;
    this.#performer = performer;
  }

  /** Reads an ask, and holds it to its wallet. @throws WALLET_NOT_FOUND, POLICY_MISSING, WALLET_KEY_UNAVAILABLE and those of the blob */
  read(ask: Ask): ReadAsk {
    const { network, address, principal, context, blob } = ask;
    const wallet = this.#parts.keys.wallet(network, address);
    const policy = this.#parts.policies.get(network, address);
    const key = wallet.signing;
    if (key === null) throw authorityError('WALLET_KEY_UNAVAILABLE', 'the wallet has no key that may sign');
    const { networkId } = policy.compiled.policy.ledger;
    const given = readGiven(blob, networkId, key.publicKey);
    // Before anything is learnt from them: another network's ledgers have other numbers.
    assertNetwork(ask.facts, networkId);
    const facts = this.#parts.ledgers.plausible(network, ask.facts);
    // What rows carry over a restart is what was believed, and not what this asker claims.
    if (facts !== null) {
      this.#parts.usage.noteLedger(network, this.#parts.ledgers.believed(network) ?? facts.ledgerIndex);
    }
    // Kept and shown: without hidden characters, and without what should never have been in it.
    const words = context === null ? null : redactText(sanitise(context, MAX_CONTEXT));
    return { network, wallet, key, policy, given, facts, principal, context: words };
  }

  /** The transaction as it would be signed now. */
  build(ask: ReadAsk) {
    const { network, wallet, key, policy, given, facts } = ask;
    return complete(given, {
      networkId: policy.compiled.policy.ledger.networkId,
      signingKey: key.publicKey,
      facts,
      sequence: ({ accountSequence, ledgerIndex }) =>
        this.#parts.usage.peek(network, wallet.address).freeSequence(accountSequence, ledgerIndex),
    });
  }

  /** Decides as {@link request} would; counts nothing, signs nothing. */
  async check(ask: Ask): Promise<{ decision: DecisionJson; blob: string }> {
    const read = this.read(ask);
    this.#assertEnd(read);
    await this.#parts.usage.ready();
    const intent = this.build(read);
    const limits = new Limits(this.#parts.usage.of(read.network), this.#parts.clock);
    const decision = await limits.check({
      wallet: read.wallet.address,
      intent,
      compiled: read.policy.compiled,
      ledgerIndex: read.facts?.ledgerIndex ?? null,
    });
    return { decision: toDecisionJson(decision, screen(ask.context)), blob: intent.blob };
  }

  /** Tier 1 is signed, tiers 2 and 3 are parked by `park`, tier 4 is refused. */
  async request(ask: Ask, park: Park): Promise<SignOutcome> {
    const read = this.read(ask);
    const { network, wallet, policy, principal, context, facts } = read;
    if (screen(ask.context) !== null) return this.#refuseInstruction(ask, read);
    this.#parts.mainnet.assert(network);
    assertUsable(wallet);
    this.#assertEnd(read);
    await this.#expire(read);
    const performed = await this.#performer.perform({
      network,
      wallet,
      compiled: policy.compiled,
      principal,
      context,
      ledgerIndex: facts?.ledgerIndex ?? null,
      granted: 1,
      build: () => this.build(read),
      sequenceOpen: read.given.open.includes('Sequence'),
      produce: (intent) => signSingle(this.#parts.keys, network, intent, read.key),
      approval: null,
    });
    if (performed.kind === 'signed') {
      return { status: 'approved', decision: performed.decision, signed: performed.signed };
    }
    const decision = toDecisionJson(performed.decision);
    if (decision.tier === 2 || decision.tier === 3) return park(read, decision);
    return { status: 'rejected', decision, suggestions: suggestionsFor(decision) };
  }

  /**
   * Whoever brings no facts names an end himself. It is held to the latest ledger that there can be, or a day's allowance
   * could be signed each day and be spent together in another year.
   */
  #assertEnd({ network, policy, given, facts }: ReadAsk): void {
    const last = given.transaction.LastLedgerSequence;
    if (facts !== null || typeof last !== 'number') return;
    const latest = this.#parts.ledgers.latest(network) ?? this.#parts.usage.stampOf(network)?.index;
    const { maxLedgersAhead } = policy.compiled.policy.ledger;
    if (latest !== undefined && last <= latest + maxLedgersAhead) return;
    throw authorityError(
      'LEDGER_FACTS_MISSING',
      'without facts of the ledger the end of the transaction is not known',
      {
        hint: 'ask with facts of the ledger',
      },
    );
  }

  /** Gives back what a crash left reserved, once no ledger can include it: no signature of it ever left. */
  async #expire({ network, wallet, facts }: ReadAsk): Promise<void> {
    const { usage, clock } = this.#parts;
    if (facts === null || !usage.peek(network, wallet.address).hasOpenBefore(facts.ledgerIndex)) return;
    await new Limits(usage.of(network), clock).expire(wallet.address, facts.ledgerIndex);
  }

  async #refuseInstruction(ask: Ask, { network, wallet, principal }: ReadAsk): Promise<SignOutcome> {
    const { decision } = await this.check(ask);
    await this.#parts.records.event('security.suspicious', {
      name: 'sign',
      by: principal,
      network,
      address: wallet.address,
      result: 'denied',
      details: { code: INSTRUCTION.code, digest: decision.digest },
    });
    return { status: 'rejected', decision, suggestions: suggestionsFor(decision) };
  }
}

function screen(context: string | null) {
  return context !== null && isInstruction(context) ? INSTRUCTION : null;
}
