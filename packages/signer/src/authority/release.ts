import { ApprovalError } from '@wardmesh/approvals';
import { fromHex, isCoded, toHex, toTimestamp, unwrap } from '@wardmesh/core';
import type { ReceiptBody } from '@wardmesh/verify';
import { combineSignatures, type Intent, Limits, multisignBytes, type SignerSignature } from '@wardmesh/wallet';
import type { LedgerFacts, SignerApproval } from '../protocol/parts.ts';
import type { NativeQuorum, ParkedRecord } from './parked-record.ts';
import { nativeIntent, signArguments } from './parking.ts';
import type { AuthorityParts } from './parts.ts';
import type { Performer } from './perform.ts';
import { callOf, nativeQuorumMet, type Requests } from './requests.ts';
import type { ReadAsk, Signing } from './signing.ts';
import { type SignedBlob, signSingle } from './single-sign.ts';
import { transactionHash } from './transaction-hash.ts';
import { assertUsable } from './usable.ts';

type SignSubject = Extract<ParkedRecord['subject'], { kind: 'sign' }>;

/** How one parked transaction is built and signed. */
interface Plan {
  readonly ask: ReadAsk;
  readonly build: () => Intent;
  readonly sequenceOpen: boolean;
  readonly produce: (intent: Intent) => Promise<SignedBlob>;
  readonly native: NativeQuorum | null;
}

/**
 * Releases parked transactions: decided again as things stand, taken once, then counted, signed and recorded like any
 * other. What a crash cut short between taking and signing goes on when it is asked for again; whatever happens, one
 * request gives at most one signature.
 */
export class Releases {
  readonly #parts: AuthorityParts;
  readonly #requests: Requests;
  readonly #signing: Signing;
  readonly #performer: Performer;
  readonly #running = new Map<string, Promise<void>>();

  constructor(parts: AuthorityParts, requests: Requests, signing: Signing, performer: Performer) {
    this.#parts = parts;
    this.#requests = requests;
    this.#signing = signing;
    this.#performer = performer;
  }

  /**
   * Releases the request if it is ready, and tells how it stands.
   * Without facts it stays ready for whoever brings those that it leaves open.
   * @throws what signing throws (WALLET_LOCKED…): the request stays as it is, ready
   */
  async release(id: string, facts: LedgerFacts | null): Promise<SignerApproval> {
    const view = await this.#requests.view(id);
    if (view.kind !== 'sign' || view.status !== 'ready') return view;
    let running = this.#running.get(id);
    if (running === undefined) {
      running = this.#release(id, facts).finally(() => this.#running.delete(id));
      this.#running.set(id, running);
    }
    try {
      await running;
    } catch (error) {
      if (facts === null && isCoded(error, 'LEDGER_FACTS_MISSING')) return view;
      throw error;
    }
    return this.#requests.view(id);
  }

  async #release(id: string, facts: LedgerFacts | null): Promise<void> {
    const record = this.#requests.get(id);
    const subject = record.subject as SignSubject;
    this.#parts.mainnet.assert(record.network);
    // Before it is taken: a wallet that is locked leaves the request ready.
    const plan = this.#plan(record, subject, facts);
    assertUsable(plan.ask.wallet);
    const approval = await this.#requests.approvals.show(id);
    if (approval.state !== 'released') {
      if (!(await this.#stillAllowed(record, plan))) return;
      if (!(await this.#take(record, plan))) return;
    }
    await this.#sign(record, plan);
  }

  #plan(record: ParkedRecord, subject: SignSubject, facts: LedgerFacts | null): Plan {
    const { network, principal } = record;
    const address = record.address!;
    const { native, context } = subject;
    if (native === null) {
      const ask = this.#signing.read({ network, address, principal, blob: subject.blob, facts, context });
      return {
        ask,
        native,
        build: () => this.#signing.build(ask),
        sequenceOpen: ask.given.open.includes('Sequence'),
        produce: (intent) => signSingle(this.#parts.keys, network, intent, ask.key),
      };
    }
    const intent = nativeIntent(subject.blob);
    const ask = this.#signing.read({ network, address, principal, blob: subject.blob, facts, context });
    return {
      ask,
      native,
      build: () => intent,
      sequenceOpen: false,
      produce: () => this.#combine(ask, intent, native),
    };
  }

  /** Decides again under the policy in force. What waiting alone cures stays parked; anything else ends it. */
  async #stillAllowed(record: ParkedRecord, plan: Plan): Promise<boolean> {
    const { network, wallet, policy, facts } = plan.ask;
    await this.#parts.usage.ready();
    const decision = await new Limits(this.#parts.usage.of(network), this.#parts.clock).check({
      wallet: wallet.address,
      intent: plan.build(),
      compiled: policy.compiled,
      ledgerIndex: facts?.ledgerIndex ?? null,
    });
    if (decision.tier <= record.tier) return true;
    if (decision.retryAt !== null && decision.retryAt < record.expiresAt) return false;
    await this.#requests.refuse(record.id, `at release the policy says: ${decision.reasons.join(', ')}`);
    return false;
  }

  /** Takes the request, once. Approvers' signatures are verified again here, over the bytes that will be signed. */
  async #take(record: ParkedRecord, plan: Plan): Promise<boolean> {
    const { id } = record;
    if (plan.native !== null || (record.tier === 2 && this.#requests.hasWaited(record))) {
      if (plan.native !== null && !(await this.#isNativeQuorum(record, plan))) return false;
      return this.#requests.take(id);
    }
    const { network, wallet, given, policy, principal } = plan.ask;
    const call = callOf('sign', signArguments(network, wallet.address, given), principal, policy.compiled.hash);
    try {
      await this.#requests.approvals.claim(id, call, () => 'allow');
      return true;
    } catch (error) {
      if (!isCoded(error, 'APPROVAL_BINDING_CHANGED')) throw error;
      await this.#requests.refuse(id, 'the policy has changed since it was approved; ask again');
      return false;
    }
  }

  /** Who may co-sign, and how many, is the policy's word of when it was asked: another policy is another question. */
  async #isNativeQuorum(record: ParkedRecord, { ask }: Plan): Promise<boolean> {
    const { binding } = await this.#requests.approvals.show(record.id);
    if (binding.policyVersion === ask.policy.compiled.hash) return nativeQuorumMet(record);
    await this.#requests.refuse(record.id, 'the policy has changed since it was asked for; ask again');
    return false;
  }

  async #sign(record: ParkedRecord, plan: Plan): Promise<void> {
    const { network, wallet, policy, principal, facts } = plan.ask;
    const performed = await this.#performer.perform({
      network,
      wallet,
      compiled: policy.compiled,
      principal,
      context: (record.subject as SignSubject).context,
      ledgerIndex: facts?.ledgerIndex ?? null,
      granted: record.tier,
      build: plan.build,
      sequenceOpen: plan.sequenceOpen,
      produce: plan.produce,
      approval: await this.#evidence(record, plan),
      name: `approval:${record.id}`,
    });
    const current = this.#requests.get(record.id);
    if (performed.kind === 'signed') {
      await this.#requests.put({ ...current, signed: performed.signed, closed: true });
      return;
    }
    const denyReason = `at release the policy says: ${performed.decision.reasons.join(', ')}`;
    await this.#requests.put({ ...current, closed: true, denyReason });
  }

  async #evidence(record: ParkedRecord, { native }: Plan): Promise<NonNullable<ReceiptBody['approval']> | null> {
    const approval = await this.#requests.approvals.show(record.id);
    const expires = toTimestamp(approval.expiresAt);
    const over = approval.over as `sha256:${string}`;
    if (native !== null) {
      const by = native.signatures.map(({ account }) => account);
      return { by, over, signatures: native.signatures.map(({ signature }) => signature), expires };
    }
    if (approval.signatures.length === 0) return null;
    const signatures = approval.signatures.map(({ signature }) => signature);
    return { by: [...(approval.decidedBy ?? approval.signatures.map(({ by }) => by))], over, signatures, expires };
  }

  /** The multisigned blob: every signature verified over it, the wallet's own added where the list has its key. */
  async #combine({ network, wallet, key }: ReadAsk, intent: Intent, native: NativeQuorum): Promise<SignedBlob> {
    const list = { quorum: native.quorum, signers: native.signers.map((signer) => ({ ...signer })) };
    const signatures: SignerSignature[] = [...native.signatures];
    const isListed = list.signers.some(({ address }) => address === key.address);
    if (isListed && !signatures.some(({ account }) => account === key.address)) {
      const message = fromHex(multisignBytes(intent, key.address as never).toLowerCase());
      const own = await this.#parts.keys.sign(network, wallet.address, message);
      signatures.push({
        account: key.address as never,
        signingPublicKey: toHex(own.publicKey).toUpperCase(),
        signature: toHex(own.signature).toUpperCase(),
      });
    }
    const combined = unwrap(combineSignatures(intent, list as never, signatures, BigInt(native.baseFee)));
    return { signedTx: combined.blob, hash: transactionHash(combined.blob) };
  }
}

/** The error of a request that will never be released. */
export function closedError({ status, denyReason }: SignerApproval): ApprovalError {
  return status === 'expired'
    ? new ApprovalError('APPROVAL_EXPIRED', 'the request has expired')
    : new ApprovalError('APPROVAL_DENIED', denyReason === null ? 'the request was denied' : `denied: ${denyReason}`);
}
