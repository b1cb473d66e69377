import { canonicalize, type Json, parseStrictJson, unwrap } from '@wardmesh/core';
import {
  type CompiledPolicy,
  compareStrictness,
  compilePolicy,
  loadPolicy,
  mergePatch,
  nextVersion,
  type PolicyHistoryEntry,
  policyChange,
  policyToJson,
  WalletError,
} from '@wardmesh/wallet';
import type { Answer, Network, Params } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { POLICY_APPROVAL_LIFETIME } from './limits.ts';
import type { ParkedRecord } from './parked-record.ts';
import { peopleOf } from './parking.ts';
import type { AuthorityParts } from './parts.ts';
import { policyRef } from './policies.ts';
import { closedError } from './release.ts';
import { callOf, type Requests } from './requests.ts';

type Proposal = Params<'policy.propose'>;
type Outcome = Answer<'policy.propose'>;
type PolicySubject = Extract<ParkedRecord['subject'], { kind: 'policy' }>;

/**
 * Changes of a wallet's policy (XR-WAL-6). What only tightens holds at once; what loosens waits for people, whose
 * signatures bind the policy in force and the one that is to be. Another change in between voids it.
 */
export class PolicyChanges {
  readonly #parts: AuthorityParts;
  readonly #requests: Requests;

  constructor(parts: AuthorityParts, requests: Requests) {
    this.#parts = parts;
    this.#requests = requests;
  }

  /** @throws POLICY_MISSING, WalletError INVALID_POLICY, INVALID_VERSION, CONCURRENT_MODIFICATION, APPROVAL_* */
  propose(proposal: Proposal, byOperator: boolean): Promise<Outcome> {
    const { network, address } = proposal;
    return this.#parts.policies.alone(network, address, async () => {
      const { compiled: previous } = this.#parts.policies.get(network, address);
      if (proposal.approvalId !== null) return this.#applyApproved(proposal, previous);
      const next = nextPolicy(previous, proposal, network);
      const entry = this.#entry(previous, next, proposal.principal, proposal.reason);
      if (entry.verdict === 'tightening') return this.#apply(network, address, previous, next, entry);
      return this.#ask(proposal, previous, next, entry, byOperator);
    });
  }

  /** Applies a request whose quorum is met. @returns how it was applied, or undefined where it is not ready */
  async release(id: string): Promise<Outcome | undefined> {
    const record = this.#requests.get(id);
    if ((await this.#requests.view(id)).status !== 'ready') return undefined;
    const { network } = record;
    const address = record.address!;
    return this.#parts.policies.alone(network, address, () => this.#claim(record, record.subject as PolicySubject));
  }

  async #applyApproved(proposal: Proposal, previous: CompiledPolicy): Promise<Outcome> {
    const record = this.#requests.get(proposal.approvalId!);
    const { subject } = record;
    const ofWallet = record.network === proposal.network && record.address === proposal.address;
    if (subject.kind !== 'policy' || !ofWallet) {
      throw authorityError('APPROVAL_MISMATCH', 'the request is of another kind or wallet');
    }
    if (subject.previous !== previous.hash) throw changedSince();
    const next = nextPolicy(previous, proposal, proposal.network);
    if (next.hash !== subject.next) {
      throw authorityError('APPROVAL_MISMATCH', 'the policy is not the one that was asked for');
    }
    const view = await this.#requests.view(record.id);
    if (view.status === 'denied' || view.status === 'expired') throw closedError(view);
    if (view.status === 'pending') {
      return {
        status: 'pending_approval',
        previous: policyRef(previous),
        proposed: policyRef(next),
        changes: compareStrictness(previous, next).changes.map((change) => ({ ...change })),
        approval: view,
      };
    }
    return this.#claim(record, subject);
  }

  /** Within `alone`. The approval is used up before anything changes: it works once. */
  async #claim(record: ParkedRecord, subject: PolicySubject): Promise<Outcome> {
    const { network } = record;
    const address = record.address!;
    const { compiled: previous } = this.#parts.policies.get(network, address);
    if (subject.previous !== previous.hash) {
      await this.#requests.refuse(record.id, 'the policy has changed since it was asked for');
      throw changedSince();
    }
    const next = unwrap(loadPolicy(subject.policy, { network }));
    if (next.hash !== subject.next) {
      throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'the proposed policy is not the one its hash names');
    }
    const call = callOf('policy', policyArguments(network, address, previous, next), record.principal, previous.hash);
    await this.#requests.approvals.claim(record.id, call, () => 'allow');
    const entry = this.#entry(previous, next, subject.by, subject.reason);
    const outcome = await this.#apply(network, address, previous, next, entry);
    await this.#requests.put({ ...this.#requests.get(record.id), closed: true });
    return outcome;
  }

  #entry(previous: CompiledPolicy, next: CompiledPolicy, by: string, reason: string): PolicyHistoryEntry {
    return unwrap(policyChange(previous, next, { by, reason, at: this.#parts.clock.now() }));
  }

  async #apply(
    network: Network,
    address: string,
    previous: CompiledPolicy,
    next: CompiledPolicy,
    entry: PolicyHistoryEntry,
  ): Promise<Outcome> {
    const { policies, records, clock } = this.#parts;
    const { walletId, history } = policies.get(network, address);
    // Recorded first: no log, no change.
    await records.event('policy.load', {
      name: 'policy.set',
      by: entry.createdBy,
      network,
      address,
      details: {
        previous: previous.hash,
        next: next.hash,
        version: entry.version,
        verdict: entry.verdict,
        reason: entry.reason,
      },
    });
    await policies.put(network, address, { walletId, compiled: next, history: [...history, entry] });
    return {
      status: 'applied',
      previous: policyRef(previous),
      current: policyRef(next),
      changes: entry.changes.map((change) => ({ ...change })),
      appliedAt: clock.now(),
    };
  }

  async #ask(
    { network, address, principal, reason }: Proposal,
    previous: CompiledPolicy,
    next: CompiledPolicy,
    entry: PolicyHistoryEntry,
    byOperator: boolean,
  ): Promise<Outcome> {
    const same = this.#requests.open().find(({ subject, ...other }) => {
      if (subject.kind !== 'policy' || other.network !== network || other.address !== address) return false;
      return other.principal === principal && subject.previous === previous.hash && subject.next === next.hash;
    });
    const required = peopleOf(previous.policy.cosign.quorum);
    this.#requests.assertReachable(required);
    const record =
      same ??
      (await this.#requests.create({
        kind: 'policy',
        subject: {
          kind: 'policy',
          policy: canonicalize(policyToJson(next.policy)),
          previous: previous.hash,
          next: next.hash,
          by: principal,
          reason,
        },
        network,
        address,
        principal,
        tier: 3,
        reason: null,
        releaseAt: null,
        required,
        explanation: explain(address, reason, entry),
        arguments: policyArguments(network, address, previous, next),
        policyVersion: previous.hash,
        lifetime: POLICY_APPROVAL_LIFETIME,
        byOperator,
      }));
    return {
      status: 'pending_approval',
      previous: policyRef(previous),
      proposed: policyRef(next),
      changes: entry.changes.map((change) => ({ ...change })),
      approval: await this.#requests.view(record.id),
    };
  }
}

/** Both hashes, and the whole policy that is to be, for the eyes of approvers. */
function policyArguments(network: Network, address: string, previous: CompiledPolicy, next: CompiledPolicy) {
  return { network, address, previous: previous.hash, next: next.hash, policy: policyToJson(next.policy) };
}

/**
 * The policy that a proposal means. It keeps the wallet's policy id where the text has no say in it (formats A and B name
 * things of their own), and gets the next version where the text does not raise it.
 * @throws WalletError INVALID_POLICY
 */
function nextPolicy(previous: CompiledPolicy, { policy: text, mode }: Proposal, network: Network): CompiledPolicy {
  const given = mode === 'merge' ? merge(previous, text) : text;
  const loaded = unwrap(loadPolicy(given, { network }));
  const foreign = mode === 'replace' && !given.includes('"format"');
  const raised = loaded.policy.version !== previous.policy.version && !foreign;
  const { bump } = compareStrictness(previous, loaded);
  return unwrap(
    compilePolicy({
      ...loaded.policy,
      ...(foreign && { id: previous.policy.id }),
      ...(!raised && { version: nextVersion(previous.policy.version, bump) }),
    }),
  );
}

function merge(previous: CompiledPolicy, text: string): string {
  const patch = parseStrictJson(text, { exactIntegers: true });
  if (!patch.ok) throw new WalletError('INVALID_POLICY', `the patch is not JSON: ${patch.error.code}`);
  return canonicalize(mergePatch(policyToJson(previous.policy), patch.value as Json));
}

function explain(address: string, reason: string, { changes, version, previousVersion }: PolicyHistoryEntry): string[] {
  return [
    `loosens the policy of ${address}, ${previousVersion} to ${version}`,
    `reason given: ${reason}`,
    ...changes.map(
      ({ field, previous, next, restricted }) =>
        `${restricted ? 'loosens' : 'tightens'} ${field}: ${short(previous)} → ${short(next)}`,
    ),
  ];
}

function short(value: Json): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 120 ? text : `${text.slice(0, 117)}…`;
}

function changedSince() {
  return authorityError('CONCURRENT_MODIFICATION', 'the policy has changed since this was asked for', {
    hint: 'look at the policy in force and ask again',
  });
}
