import { type JsonObject, unwrap } from '@wardmesh/core';
import { approvalReason, MAX_LEDGERS_AHEAD, multisignFee, parseUnsigned, WalletError } from '@wardmesh/wallet';
import type { SignOutcome } from '../protocol/agent.ts';
import type { DecisionJson } from '../protocol/parts.ts';
import { complete, readGiven } from './completion.ts';
import { MAX_PEOPLE, RELEASE_WINDOW } from './limits.ts';
import type { NativeQuorum } from './parked-record.ts';
import type { AuthorityParts } from './parts.ts';
import type { NewRequest, Requests } from './requests.ts';
import type { ReadAsk } from './signing.ts';

const HOUR = 3_600_000;
/** XRPL closes a ledger in 3 to 4 s; the shorter gives the later end. */
const LEDGER_TIME = 3_000;

/** What a parked transaction binds: these bytes, and which of them the signer still fills. */
export function signArguments(
  network: string,
  address: string,
  given: { readonly blob: string; readonly transaction: JsonObject; readonly open: readonly string[] },
): JsonObject {
  return { network, address, transaction: given.transaction, blob: given.blob, open: [...given.open] };
}

/** People that a policy's quorum asks for: the wallet's own signature counts as one of it, and one person is the least. */
export function peopleOf(quorum: number): number {
  return Math.min(MAX_PEOPLE, Math.max(1, quorum - 1));
}

/** Parks transactions of tier 2 and 3 as requests. */
export class Parking {
  readonly #parts: AuthorityParts;
  readonly #requests: Requests;

  constructor(parts: AuthorityParts, requests: Requests) {
    this.#parts = parts;
    this.#requests = requests;
  }

  /** The very same transaction parked twice is one request. */
  async park(ask: ReadAsk, decision: DecisionJson): Promise<SignOutcome> {
    const { network, wallet, principal, given } = ask;
    const same = this.#requests.open().find(({ subject, ...other }) => {
      if (subject.kind !== 'sign' || other.network !== network || other.address !== wallet.address) return false;
      return other.principal === principal && other.tier === decision.tier && subject.given === given.blob;
    });
    const native = same === undefined && decision.tier === 3 ? this.#native(ask) : null;
    const record = same ?? (await this.#requests.create(this.#request(ask, decision, native)));
    return { status: 'pending_approval', decision, approval: await this.#requests.view(record.id) };
  }

  #request(
    ask: ReadAsk,
    decision: DecisionJson,
    native: { readonly blob: string; readonly transaction: JsonObject; readonly quorum: NativeQuorum } | null,
  ): NewRequest {
    const { network, wallet, principal, context, given, policy } = ask;
    const { cosign } = policy.compiled.policy;
    const now = this.#parts.clock.now();
    const delay = (decision.delaySeconds ?? 0) * 1_000;
    const tier = decision.tier === 2 ? 2 : 3;
    const people = peopleOf(cosign.quorum);
    if (tier === 3 && native === null) this.#requests.assertReachable(people);
    return {
      kind: 'sign',
      subject: {
        kind: 'sign',
        given: given.blob,
        blob: native?.blob ?? given.blob,
        context,
        native: native?.quorum ?? null,
      },
      network,
      address: wallet.address,
      principal,
      tier,
      reason: approvalReason(decisionOf(decision)),
      releaseAt: tier === 2 ? now + delay : null,
      required: people,
      explanation: context === null ? decision.explanation : [...decision.explanation, `the agent says: ${context}`],
      arguments: signArguments(network, wallet.address, native === null ? given : { ...native, open: [] }),
      policyVersion: policy.compiled.hash,
      lifetime: tier === 2 ? delay + RELEASE_WINDOW : cosign.timeoutHours * HOUR,
      byOperator: false,
    };
  }

  /**
   * Where the policy names co-signers and the account's signer list is made of them: the blob that they sign. The list
   * comes from the asker, so whoever the policy does not name has no place in it.
   */
  #native({ facts, policy, wallet, key, given }: ReadAsk) {
    const { cosign, ledger } = policy.compiled.policy;
    const list = facts?.signerList ?? null;
    if (facts === null || list === null || list.signers.length === 0 || cosign.signers.length === 0) return null;
    const named = new Set<string>(cosign.signers);
    if (!list.signers.every(({ address }) => named.has(address) || address === key.address)) return null;
    const baseFee = BigInt(facts.baseFee);
    const intent = complete(readGiven(given.blob, ledger.networkId, null), {
      networkId: ledger.networkId,
      signingKey: null,
      facts,
      sequence: ({ accountSequence, ledgerIndex }) =>
        this.#parts.usage
          .peek(policy.compiled.policy.network, wallet.address)
          .freeSequence(accountSequence, ledgerIndex),
      ledgersAhead: Math.min(
        Math.ceil((cosign.timeoutHours * HOUR) / LEDGER_TIME),
        ledger.maxLedgersAhead,
        MAX_LEDGERS_AHEAD,
      ),
      fee: () => multisignFee(baseFee, list.signers.length),
    });
    const least = multisignFee(baseFee, list.signers.length);
    if (intent.fee < least) {
      throw new WalletError('FEE_TOO_LOW', `${list.signers.length} signatures need a fee of ${least} drops`, {
        hint: 'leave Fee to the signer',
      });
    }
    const quorum: NativeQuorum = {
      quorum: list.quorum,
      people: peopleOf(cosign.quorum),
      signers: list.signers,
      ownWeight: list.signers.find(({ address }) => address === key.address && !named.has(address))?.weight ?? 0,
      baseFee: facts.baseFee,
      signatures: [],
    };
    return { blob: intent.blob, transaction: intent.transaction, quorum };
  }
}

function decisionOf(decision: DecisionJson) {
  return decision as unknown as Parameters<typeof approvalReason>[0];
}

/** The transaction that the ledger's signers sign. */
export function nativeIntent(blob: string) {
  return unwrap(parseUnsigned(blob));
}
