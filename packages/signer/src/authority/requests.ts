import {
  type ApprovalCall,
  ApprovalError,
  type ApprovalRequest,
  Approvals,
  isFinal,
  type SignatureInput,
} from '@wardmesh/approvals';
import { type Clock, canonicalBytes, type Json, type JsonObject, type Random, sanitise } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { verifyWalletMessage } from '@wardmesh/identity/wallet-message';
import type { Database } from '@wardmesh/store';
import type { SignerApproval } from '../protocol/parts.ts';
import type { Approvers } from './approvers.ts';
import { authorityError } from './error.ts';
import {
  MAX_DENY_REASON,
  MAX_INVALID_SIGNATURES,
  MAX_OPEN_BYTES,
  MAX_PENDING_PER_WALLET,
  MAX_REQUEST_LIFETIME,
  MAX_REQUESTS_PER_HOUR,
} from './limits.ts';
import type { AuthorityRecords } from './log.ts';
import type { ParkedRecord } from './parked-record.ts';
import { SIGN_PIN } from './pin.ts';

/** What is asked of people, before it has an id. */
export type NewRequest = Omit<
  ParkedRecord,
  'id' | 'createdAt' | 'expiresAt' | 'bytes' | 'invalid' | 'denyReason' | 'signed' | 'closed'
> & {
  /** What approvers are shown and sign. */
  readonly arguments: JsonObject;
  readonly policyVersion: string;
  /** ms */
  readonly lifetime: number;
  /** An operator's own request is not held back by what agents have open. */
  readonly byOperator: boolean;
};

const HOUR = 3_600_000;

/**
 * Requests that wait for people or time. The approval's row decides what has happened (compare-and-set, single use);
 * beside it stands what the signer needs to carry it out. An approval without its record is never released.
 */
export class Requests {
  readonly approvals: Approvals;
  readonly #database: Database;
  readonly #records: AuthorityRecords;
  readonly #approvers: Approvers;
  readonly #clock: Clock;
  /** When, by the clock that never goes back, a delay of this process ends. */
  readonly #notBefore = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: {
    readonly database: Database;
    readonly records: AuthorityRecords;
    readonly approvers: Approvers;
    readonly clock: Clock;
    readonly random: Random;
  }) {
    const { database, clock, random, approvers } = options;
    this.#database = database;
    this.#records = options.records;
    this.#approvers = approvers;
    this.#clock = clock;
    this.approvals = new Approvals({
      store: database.approvals,
      keys: approvers,
      clock,
      random,
      contentHash,
      ed25519Verify,
      walletVerify: (account, text, signature) => verifyWalletMessage(account, text, { signature }),
      // Bounded here by wallet, which is stricter.
      maxPending: 1_000,
    });
  }

  /** All records, oldest first. */
  all(): readonly ParkedRecord[] {
    return [...this.#database.ledger.entries('parked')]
      .map(([, value]) => value as unknown as ParkedRecord)
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Those that nothing has closed and time has not ended. */
  open(): readonly ParkedRecord[] {
    const now = this.#clock.now();
    return this.all().filter((record) => !record.closed && record.expiresAt > now);
  }

  /** @throws APPROVAL_NOT_FOUND */
  get(id: string): ParkedRecord {
    const record = this.#database.ledger.get('parked', id);
    if (record !== undefined) return record as unknown as ParkedRecord;
    throw authorityError('APPROVAL_NOT_FOUND', 'there is no such request');
  }

  /** One at a time, or two could both take the last place. @throws APPROVAL_LIMIT, APPROVERS_TOO_FEW, ApprovalError */
  create(request: NewRequest): Promise<ParkedRecord> {
    const turn = this.#turn.then(() => this.#create(request));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #create(request: NewRequest): Promise<ParkedRecord> {
    const { arguments: args, policyVersion, lifetime, byOperator, ...kept } = request;
    await this.#database.ledger.ready();
    const bytes = canonicalBytes(args).length;
    if (!byOperator) this.#assertRoom(request, bytes);
    const approval = await this.approvals.request({
      call: callOf(request.kind, args, request.principal, policyVersion),
      reason: request.explanation.slice(0, 64).map((line) => sanitise(line, 500)),
      quorum: request.required,
      lifetime: Math.min(lifetime, MAX_REQUEST_LIFETIME),
    });
    const record: ParkedRecord = {
      ...kept,
      id: approval.id,
      createdAt: approval.createdAt,
      expiresAt: approval.expiresAt,
      bytes,
      invalid: 0,
      denyReason: null,
      signed: null,
      closed: false,
    };
    await this.#records.event('approval.request', {
      name: request.kind,
      by: request.principal,
      network: request.network,
      address: request.address,
      details: { id: approval.id, over: approval.over, tier: request.tier, required: request.required },
    });
    await this.put(record);
    if (record.releaseAt !== null) {
      this.#notBefore.set(record.id, this.#clock.monotonic() + (record.releaseAt - approval.createdAt));
    }
    return record;
  }

  #assertRoom({ network, address }: NewRequest, bytes: number): void {
    const now = this.#clock.now();
    const ofWallet = this.all().filter((one) => one.network === network && one.address === address);
    const open = ofWallet.filter((one) => !one.closed && one.expiresAt > now);
    if (open.length >= MAX_PENDING_PER_WALLET) {
      throw authorityError('APPROVAL_LIMIT', 'too many requests of this wallet wait already', { retryAfter: 60 });
    }
    // What people are shown must fit what they are shown it in, or none of it can be vetoed.
    if (open.reduce((sum, one) => sum + one.bytes, bytes) > MAX_OPEN_BYTES) {
      throw authorityError('APPROVAL_LIMIT', 'the requests of this wallet that wait are too large', {
        hint: 'ask for less at once',
        retryAfter: 60,
      });
    }
    // A record of the future means that the clock was set back: it counts.
    const recent = ofWallet.filter((one) => one.createdAt > now - HOUR);
    if (recent.length >= MAX_REQUESTS_PER_HOUR) {
      const retryAfter = Math.max(1, Math.ceil((recent[0]!.createdAt + HOUR - now) / 1_000));
      throw authorityError('APPROVAL_LIMIT', 'too many requests of this wallet in the last hour', { retryAfter });
    }
  }

  /** In memory at once, durable when it resolves. */
  async put(record: ParkedRecord): Promise<void> {
    // No pause where none is needed: a change that was read and made in one turn is made in that turn.
    if (!this.#database.ledger.isReady) await this.#database.ledger.ready();
    await this.#database.ledger.stage([{ table: 'parked', id: record.id, value: record as unknown as Json }]);
  }

  /** Adds an approver's signature. @throws APPROVAL_NOT_FOUND, APPROVAL_LOCKED, APPROVAL_WRONG_SIGNATURE, ApprovalError */
  async approve(id: string, input: SignatureInput): Promise<ApprovalRequest> {
    const record = this.get(id);
    if (record.subject.kind === 'sign' && record.subject.native !== null) {
      throw authorityError('APPROVAL_WRONG_SIGNATURE', 'this request is decided by co-signatures of the ledger');
    }
    if (record.subject.kind === 'wish') {
      throw authorityError('APPROVAL_WRONG_SIGNATURE', 'a person finishes this wish with a command, not a signature');
    }
    const approval = await this.countInvalid(id, () => this.approvals.approve(id, input));
    await this.#records.event('approval.approve', {
      name: record.kind,
      by: approval.signatures.find(({ keyId }) => keyId === input.keyId)?.by ?? input.keyId,
      network: record.network,
      address: record.address,
      details: { id, over: approval.over, signatures: approval.signatures.length, required: record.required },
    });
    return approval;
  }

  /** A person's refusal: the veto of tier 2. @throws APPROVAL_NOT_FOUND, APPROVAL_LOCKED, ApprovalError */
  async deny(id: string, input: SignatureInput, reason: string): Promise<void> {
    const record = this.get(id);
    const denied = await this.countInvalid(id, () => this.approvals.deny(id, input, reason));
    const denyReason = sanitise(reason, MAX_DENY_REASON);
    await this.put({ ...this.get(id), closed: true, denyReason });
    await this.#records.event('approval.deny', {
      name: record.kind,
      by: denied.denial?.by ?? input.keyId,
      network: record.network,
      address: record.address,
      details: { id, over: denied.over, reason: denyReason },
    });
  }

  /** Runs what checks a signature, and counts where it is not genuine. @throws APPROVAL_LOCKED */
  async countInvalid<T>(id: string, check: () => Promise<T>): Promise<T> {
    if (this.get(id).invalid >= MAX_INVALID_SIGNATURES) {
      throw authorityError('APPROVAL_LOCKED', 'too many signatures over this request did not verify');
    }
    try {
      return await check();
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      if (code === 'APPROVAL_SIGNATURE_NOT_GENUINE' || code === 'SIGNATURE_INVALID' || code === 'INVALID_SIGNER') {
        const record = this.get(id);
        await this.put({ ...record, invalid: record.invalid + 1 });
      }
      throw error;
    }
  }

  /** Whether the delay of tier 2 has passed, by both clocks. */
  hasWaited({ id, releaseAt }: ParkedRecord): boolean {
    if (releaseAt === null) return false;
    return this.#clock.now() >= releaseAt && this.#clock.monotonic() >= (this.#notBefore.get(id) ?? 0);
  }

  /**
   * Takes an open request for good, without signatures of approvers: a delay that passed, a quorum of the ledger, a wish
   * that was fulfilled. A veto at the same time and this: one of the two happens.
   * @returns false where somebody else was faster; then look again
   */
  async take(id: string): Promise<boolean> {
    const approval = await this.approvals.show(id);
    if (isFinal(approval.state)) return false;
    const releasedAt = this.#clock.now();
    return this.#database.approvals.replace({
      ...approval,
      revision: approval.revision + 1,
      state: 'released',
      releasedAt,
      decidedBy: [],
    });
  }

  /** Ends a request that policy, or a changed policy, no longer allows. */
  async refuse(id: string, why: string): Promise<void> {
    const denyReason = sanitise(why, MAX_DENY_REASON);
    const approval = await this.approvals.show(id);
    if (!isFinal(approval.state)) {
      const next = { ...approval, revision: approval.revision + 1, state: 'denied' as const, denyReason };
      if (!(await this.#database.approvals.replace(next))) return;
    }
    const record = this.get(id);
    await this.put({ ...record, closed: true, denyReason });
    await this.#records.event('approval.deny', {
      name: record.kind,
      by: null,
      network: record.network,
      address: record.address,
      result: 'denied',
      details: { id, over: approval.over, reason: denyReason },
    });
  }

  /** Forgets what was made before `time`; the log has it. @returns how many */
  async prune(time: number): Promise<number> {
    const old = this.all().filter((record) => record.createdAt < time);
    for (const { id } of old) this.#notBefore.delete(id);
    if (old.length > 0) {
      await this.#database.ledger.stage(old.map(({ id }) => ({ table: 'parked', id, value: null })));
    }
    await this.#database.approvals.prune(time);
    return old.length;
  }

  /** As anybody who knows the id sees it. */
  async view(id: string): Promise<SignerApproval> {
    const record = this.get(id);
    const approval = await this.approvals.show(id);
    const native = record.subject.kind === 'sign' ? record.subject.native : null;
    return {
      approvalId: id,
      kind: record.kind,
      status: this.#status(record, approval),
      network: record.network,
      address: record.address,
      principal: record.principal,
      reason: record.reason,
      tier: record.tier,
      releaseAt: record.releaseAt,
      expiresAt: record.expiresAt,
      quorum: {
        collected: native === null ? approval.signatures.length : native.signatures.length,
        required: record.required,
      },
      requiredSigners: native === null ? [] : native.signers.map(({ address }) => address),
      explanation: [...record.explanation],
      denyReason: record.denyReason,
      signed: record.signed,
    };
  }

  #status(record: ParkedRecord, { state }: ApprovalRequest): SignerApproval['status'] {
    if (record.denyReason !== null || state === 'denied') return 'denied';
    if (state === 'expired') return 'expired';
    if (state === 'released') {
      if (record.kind !== 'sign' || record.signed !== null) return 'released';
      // Taken, and the signature is still to be made: asking again makes it, as long as the request lives.
      return record.expiresAt > this.#clock.now() ? 'ready' : 'expired';
    }
    if (state === 'approved' || nativeQuorumMet(record) || this.hasWaited(record)) return 'ready';
    return record.tier === 2 ? 'waiting' : 'pending';
  }

  /** Enough approvers for a quorum, or nobody could ever release it. @throws APPROVERS_TOO_FEW */
  assertReachable(required: number): void {
    if (this.#approvers.count >= required) return;
    throw authorityError(
      'APPROVERS_TOO_FEW',
      `the quorum is ${required} and there are ${this.#approvers.count} approvers`,
      {
        hint: 'add approvers: ward approvers add WALLET',
      },
    );
  }
}

/** Whether the ledger's signers have signed with enough weight, and as many people as the policy asks for. */
export function nativeQuorumMet({ subject }: ParkedRecord): boolean {
  if (subject.kind !== 'sign' || subject.native === null) return false;
  const { signatures, signers, quorum, people, ownWeight } = subject.native;
  const weight = signatures.reduce(
    (sum, { account }) => sum + (signers.find(({ address }) => address === account)?.weight ?? 0),
    ownWeight,
  );
  return weight >= quorum && signatures.length >= people;
}

/** What approvers' signatures bind. */
export function callOf(tool: string, args: JsonObject, principal: string, policyVersion: string): ApprovalCall {
  return {
    server: 'signer',
    tool,
    pin: SIGN_PIN,
    arguments: args,
    argumentsHash: contentHash(canonicalBytes(args)),
    principal,
    policyVersion,
  };
}

export { ApprovalError };
