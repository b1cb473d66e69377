import { type Clock, type Random, sanitise } from '@wardmesh/core';
import { type ApprovalAsk, createRequest } from './create.ts';
import { ApprovalError } from './error.ts';
import { mayBeOne } from './holder.ts';
import {
  CLOCK_TOLERANCE,
  MAX_DENY_REASON,
  MAX_PENDING_PER_PRINCIPAL,
  MAX_SIGNATURES,
  MAX_TRIES,
  POLL_INTERVAL,
} from './limits.ts';
import { bindingHash, type ContentHash } from './message.ts';
import type {
  ApprovalFilter,
  ApprovalStore,
  ApproverKeys,
  Ed25519Verify,
  PasskeyVerify,
  WalletVerify,
} from './ports.ts';
import {
  type ApprovalBinding,
  type ApprovalCall,
  type ApprovalRequest,
  type ApprovalSignature,
  isFinal,
} from './request.ts';
import { type SignatureInput, Signers } from './signers.ts';
import { Waiters } from './waiters.ts';

export interface ApprovalsOptions {
  readonly store: ApprovalStore;
  readonly keys: ApproverKeys;
  readonly clock: Clock;
  readonly random: Random;
  readonly contentHash: ContentHash;
  readonly ed25519Verify: Ed25519Verify;
  /** Without it no wallet approves. */
  readonly walletVerify?: WalletVerify;
  /** Without it no passkey approves. */
  readonly passkeyVerify?: PasskeyVerify;
  /** Open requests per principal; default {@link MAX_PENDING_PER_PRINCIPAL}. */
  readonly maxPending?: number;
  /** How often a waiter asks the store, ms; default {@link POLL_INTERVAL}. */
  readonly pollInterval?: number;
}

/** Asks the policy in force about the call, at release; again where somebody else changed the request meanwhile. Only `allow` and `confirm` release. */
export type Reevaluate = (
  request: ApprovalRequest,
) => Promise<'allow' | 'confirm' | 'deny'> | 'allow' | 'confirm' | 'deny';

/**
 * Approvals bound to exact bytes, used once, expiring, re-evaluated at release (WM-APR-1; design, §Approval). Whatever
 * fails on the way denies (XR-FAIL-1). Every state change is one compare-and-set in the store, so any number of
 * processes may decide and claim at once.
 */
export class Approvals {
  readonly #options: ApprovalsOptions;
  readonly #signers: Signers;
  readonly #waiters = new Waiters();
  /** Monotonic deadline of each request made here: a clock set back does not lengthen its life. */
  readonly #deadlines = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ApprovalsOptions) {
    this.#options = options;
    const { keys, ed25519Verify, walletVerify, passkeyVerify } = options;
    this.#signers = new Signers(keys, ed25519Verify, walletVerify, passkeyVerify);
  }

  /** Parks a call. @throws ApprovalError APPROVAL_INVALID, APPROVAL_TOO_MANY, APPROVAL_STORE_FAILED */
  request(ask: ApprovalAsk): Promise<ApprovalRequest> {
    // One at a time, or two could both see the last free place.
    const turn = this.#turn.then(() => this.#insert(ask));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Requests, newest first. Those past their time are shown as expired. */
  async list(filter: ApprovalFilter = {}): Promise<readonly ApprovalRequest[]> {
    const { state, ...rest } = filter;
    const all = await this.#ask(() => this.#options.store.list(rest));
    const seen = all.map((request) => this.#asOfNow(request));
    return state === undefined ? seen : seen.filter((request) => request.state === state);
  }

  /** @throws ApprovalError APPROVAL_UNKNOWN, APPROVAL_NOT_GENUINE, APPROVAL_STORE_FAILED */
  async show(id: string): Promise<ApprovalRequest> {
    return this.#asOfNow(await this.#load(id));
  }

  /**
   * Adds an approver's signature; with the quorum met the request becomes approved. A signer's second signature changes
   * nothing while the first counts.
   */
  async approve(id: string, input: SignatureInput): Promise<ApprovalRequest> {
    const look = firstThenAgain();
    return this.#change(id, async (request) => {
      const key = await this.#signers.assertSigner(request, 'approve', input, look());
      const isTheirs = ({ keyId, by }: ApprovalSignature) => keyId === key.keyId || mayBeOne(by, key.by);
      if (request.signatures.some(isTheirs)) {
        const counted = await this.#signers.counted(request);
        if (counted.some((name) => mayBeOne(name, key.by))) return request;
      }
      const others = request.signatures.filter((other) => other.keyId !== key.keyId);
      if (others.length >= MAX_SIGNATURES) {
        throw new ApprovalError('APPROVAL_INVALID', 'the request holds all the signatures it can');
      }
      const at = this.#options.clock.now();
      const signatures = [...others, { by: key.by, keyId: key.keyId, signature: input.signature, at }];
      const signed = { ...request, signatures };
      const counted = await this.#signers.counted(signed);
      return { ...signed, state: counted.length >= request.quorum ? ('approved' as const) : ('pending' as const) };
    });
  }

  /** Ends a request for good. One eligible approver suffices, also after others approved. */
  async deny(id: string, input: SignatureInput, reason?: string): Promise<ApprovalRequest> {
    const look = firstThenAgain();
    return this.#change(id, async (request) => {
      const key = await this.#signers.assertSigner(request, 'deny', input, look());
      const denial = { by: key.by, keyId: key.keyId, signature: input.signature, at: this.#options.clock.now() };
      return {
        ...request,
        state: 'denied' as const,
        denial,
        decidedBy: [key.by],
        ...(reason !== undefined && { denyReason: sanitise(reason, MAX_DENY_REASON) }),
      };
    });
  }

  /** Marks what is past its time. Run now and then; nothing depends on it being on time. @returns how many */
  async expire(): Promise<number> {
    let count = 0;
    for (const request of await this.#ask(() => this.#options.store.list({ open: true }))) {
      if (!this.#isPast(request)) continue;
      if (await this.#replace({ ...request, revision: request.revision + 1, state: 'expired' })) count++;
    }
    return count;
  }

  /**
   * Releases an approved call, once. `call` is the call as it would run now.
   * @throws ApprovalError APPROVAL_UNKNOWN, _NOT_GENUINE, _REPLAYED, _DENIED, _EXPIRED, _BINDING_CHANGED, _QUORUM_NOT_MET,
   *   _POLICY_DENIES, _CONFLICT, _STORE_FAILED; after each of them the call must not run
   */
  async claim(
    id: string,
    call: ApprovalCall & Partial<ApprovalBinding>,
    reevaluate: Reevaluate,
  ): Promise<ApprovalRequest> {
    return this.#change(id, async (request) => {
      this.#assertSameCall(request, call);
      const decidedBy = await this.#signers.counted(request);
      if (decidedBy.length < request.quorum) {
        throw new ApprovalError('APPROVAL_QUORUM_NOT_MET', 'too few approvers have signed', {
          details: { signed: decidedBy.length, quorum: request.quorum },
        });
      }
      await this.#assertPolicyAllows(request, reevaluate);
      return { ...request, state: 'released' as const, decidedBy, releasedAt: this.#options.clock.now() };
    });
  }

  /** Resolves when the request is no longer pending. @throws ApprovalError APPROVAL_WAIT_ENDED on abort, and those of show */
  async waitFor(id: string, signal?: AbortSignal): Promise<ApprovalRequest> {
    for (;;) {
      const request = await this.show(id);
      if (request.state !== 'pending') return request;
      await this.#waiters.pause(id, this.#options.pollInterval ?? POLL_INTERVAL, signal);
    }
  }

  async #insert(ask: ApprovalAsk): Promise<ApprovalRequest> {
    const { store, clock, random, contentHash } = this.#options;
    const request = createRequest(ask, clock.now(), random, contentHash);
    const open = await this.#ask(() => store.list({ open: true, principal: ask.call.principal }));
    const pending = open.filter((other) => !this.#isPast(other)).length;
    if (pending >= (this.#options.maxPending ?? MAX_PENDING_PER_PRINCIPAL)) {
      throw new ApprovalError('APPROVAL_TOO_MANY', 'too many requests of this principal wait for a decision', {
        retryAfter: 60,
      });
    }
    await this.#ask(() => store.insert(request));
    this.#deadlines.set(request.id, clock.monotonic() + (request.expiresAt - request.createdAt));
    return request;
  }

  /** Applies `decide` to an open request by compare-and-set, anew where somebody else was faster. */
  async #change(id: string, decide: (request: ApprovalRequest) => Promise<ApprovalRequest>): Promise<ApprovalRequest> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const request = await this.#load(id);
      await this.#assertOpen(request);
      const next = await decide(request);
      if (next === request) return request;
      // The clock went on while keys and policy were asked.
      await this.#assertOpen(request);
      const stored = { ...next, revision: request.revision + 1 };
      if (await this.#replace(stored)) return stored;
    }
    throw new ApprovalError('APPROVAL_CONFLICT', 'the request kept changing; nothing was done', { retryAfter: 1 });
  }

  async #assertOpen(request: ApprovalRequest): Promise<void> {
    switch (request.state) {
      case 'released':
        throw new ApprovalError('APPROVAL_REPLAYED', 'the approval has been used; it works once');
      case 'denied':
        throw new ApprovalError('APPROVAL_DENIED', 'the request was denied');
      case 'expired':
        throw new ApprovalError('APPROVAL_EXPIRED', 'the request has expired');
    }
    if (!this.#isPast(request)) return;
    // Written down, so that no later clock can bring it back.
    await this.#replace({ ...request, revision: request.revision + 1, state: 'expired' });
    throw new ApprovalError('APPROVAL_EXPIRED', 'the request has expired');
  }

  #assertSameCall(request: ApprovalRequest, call: ApprovalCall & Partial<ApprovalBinding>): void {
    const { nonce, expiry } = request.binding;
    let over: string;
    try {
      over = bindingHash(
        { ...call, nonce: call.nonce ?? nonce, expiry: call.expiry ?? expiry },
        this.#options.contentHash,
      );
    } catch (cause) {
      throw new ApprovalError('APPROVAL_BINDING_CHANGED', 'the call has no canonical form', { cause });
    }
    if (over === request.over) return;
    throw new ApprovalError('APPROVAL_BINDING_CHANGED', 'the call is not the one that was approved', {
      hint: 'ask for approval of the call as it is now',
    });
  }

  async #assertPolicyAllows(request: ApprovalRequest, reevaluate: Reevaluate): Promise<void> {
    let decision: string;
    let cause: unknown;
    try {
      decision = await reevaluate(request);
    } catch (error) {
      decision = 'deny';
      cause = error;
    }
    if (decision === 'allow' || decision === 'confirm') return;
    throw new ApprovalError('APPROVAL_POLICY_DENIES', 'the policy in force now denies the call', { cause });
  }

  #isPast(request: ApprovalRequest): boolean {
    const { clock } = this.#options;
    const now = clock.now();
    const deadline = this.#deadlines.get(request.id);
    // Also where the clock stands well before the request: it was set back, and nobody knows how late it is.
    return (
      now >= request.expiresAt ||
      now < request.createdAt - CLOCK_TOLERANCE ||
      (deadline !== undefined && clock.monotonic() >= deadline)
    );
  }

  #asOfNow(request: ApprovalRequest): ApprovalRequest {
    return !isFinal(request.state) && this.#isPast(request) ? { ...request, state: 'expired' } : request;
  }

  async #load(id: string): Promise<ApprovalRequest> {
    const request = await this.#ask(() => this.#options.store.get(id));
    if (request === undefined) throw new ApprovalError('APPROVAL_UNKNOWN', 'there is no such request');
    if (isFinal(request.state)) this.#deadlines.delete(id);
    const genuine =
      request.id === id &&
      request.expiresAt === request.binding.expiry &&
      request.over === bindingHash(request.binding, this.#options.contentHash);
    if (genuine) return request;
    throw new ApprovalError('APPROVAL_NOT_GENUINE', 'the stored request contradicts itself');
  }

  async #replace(next: ApprovalRequest): Promise<boolean> {
    const replaced = await this.#ask(() => this.#options.store.replace(next));
    if (!replaced) return false;
    if (isFinal(next.state)) this.#deadlines.delete(next.id);
    this.#waiters.wake(next.id);
    return true;
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await question();
    } catch (cause) {
      throw new ApprovalError('APPROVAL_STORE_FAILED', 'the store of approvals failed; nothing is released', { cause });
    }
  }
}

/** A change that meets others is tried again: what was handed in once is not handed in twice by that. */
function firstThenAgain(): () => 'first' | 'again' {
  let looks = 0;
  return () => (looks++ === 0 ? 'first' : 'again');
}
