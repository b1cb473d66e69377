import { isCoded, unwrap } from '@wardmesh/core';
import { dayOf, Limits, signaturesOf, snapshotAt, verifySignature } from '@wardmesh/wallet';
import type {
  Answer,
  AuthorityMethod,
  AuthorityService,
  Network,
  Params,
  PolicyRef,
  WalletView,
  Wish,
} from '../authority-ports.ts';
import type { SignOutcome } from '../protocol/agent.ts';
import type { SignerApproval } from '../protocol/parts.ts';
import { ApproverChanges } from './approver-changes.ts';
import { Approvers } from './approvers.ts';
import { authorityError } from './error.ts';
import { LedgerClock } from './ledger-clock.ts';
import { MAX_LIST_CHARS, REQUESTS_KEPT_FOR, USAGE_KEPT_FOR } from './limits.ts';
import { AuthorityRecords, type StateMark } from './log.ts';
import { MainnetAcknowledgement } from './mainnet.ts';
import type { AuthorityOptions } from './options.ts';
import { takeSequence } from './own-sequence.ts';
import type { ParkedRecord } from './parked-record.ts';
import { nativeIntent, Parking } from './parking.ts';
import type { AuthorityParts } from './parts.ts';
import { Performer } from './perform.ts';
import { Policies, policyJson, policyRef } from './policies.ts';
import { PolicyChanges } from './policy-changes.ts';
import { Register } from './register.ts';
import { closedError, Releases } from './release.ts';
import { Requests } from './requests.ts';
import { Signing } from './signing.ts';
import { Usage } from './usage-store.ts';
import { Wishes } from './wishes.ts';

type Handlers = { readonly [M in AuthorityMethod]: (params: Params<M>) => Promise<Answer<M>> };

/**
 * Decides what is signed: policy, limits, approvals, and the order reserve → sign → record → commit → let out. It holds
 * no key: it asks {@link AuthorityOptions.keys} for one signature over bytes it has decided. Whatever fails, refuses.
 */
export class Authority implements AuthorityService {
  readonly #options: AuthorityOptions;
  readonly #parts: AuthorityParts;
  readonly #approvers: Approvers;
  readonly #requests: Requests;
  readonly #performer: Performer;
  readonly #signing: Signing;
  readonly #parking: Parking;
  readonly #releases: Releases;
  readonly #changes: PolicyChanges;
  readonly #wishes: Wishes;
  readonly #approverChanges: ApproverChanges;
  readonly #handlers: Handlers;
  #sweeping: Promise<void> | undefined;

  private constructor(options: AuthorityOptions, parts: AuthorityParts, approvers: Approvers) {
    const { database, clock, random } = options;
    this.#options = options;
    this.#parts = parts;
    this.#approvers = approvers;
    this.#requests = new Requests({ database, records: parts.records, approvers: this.#approvers, clock, random });
    this.#performer = new Performer(parts);
    this.#signing = new Signing(parts, this.#performer);
    this.#parking = new Parking(parts, this.#requests);
    this.#releases = new Releases(parts, this.#requests, this.#signing, this.#performer);
    this.#changes = new PolicyChanges(parts, this.#requests);
    this.#wishes = new Wishes(parts, this.#requests);
    this.#approverChanges = new ApproverChanges(parts, this.#requests, approvers);
    this.#handlers = this.#makeHandlers();
  }

  /**
   * Verifies all state before anything is decided on it.
   * @throws AUTHORITY_STATE_NOT_GENUINE where rows were changed, or the file is older than the log says; StoreError
   */
  static async open(options: AuthorityOptions): Promise<Authority> {
    const { database, keys, clock, random, log } = options;
    const report = await database.verifyDatabase();
    if (!report.ok) {
      throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'the signer’s state is not genuine; nothing is signed', {
        cause: report.faults[0],
        hint: 'restore it from a backup and find out who changed it',
      });
    }
    await database.ledger.ready();
    const approvers = await Approvers.open(database.documents, options.approvers);
    await assertFresh(options, approvers);
    const usage = new Usage(database.ledger);
    const parts: AuthorityParts = {
      keys,
      clock,
      random,
      usage,
      policies: Policies.open(database.ledger),
      register: new Register(database.ledger),
      records: new AuthorityRecords(log, random, options.node ?? 'signer', () => ({
        generation: usage.generation,
        requests: database.ledger.generation('parked'),
        revision: approvers.current.revision,
      })),
      ledgers: new LedgerClock(clock, (network) => usage.stampOf(network)),
      mainnet: await MainnetAcknowledgement.open(database.documents, clock),
    };
    return new Authority(options, parts, approvers);
  }

  answer<M extends AuthorityMethod>(method: M, params: Params<M>): Promise<Answer<M>> {
    return this.#handlers[method](params);
  }

  assertPolicy(network: Network, policy: string | null): void {
    Policies.compile(network, policy);
  }

  async adopt(wallet: WalletView, policy: string | null): Promise<PolicyRef> {
    const { network, address, walletId } = wallet;
    const { policies, records } = this.#parts;
    return policies.alone(network, address, async () => {
      const known = policies.find(network, address);
      if (known?.walletId === walletId) return policyRef(known.compiled);
      if (known !== undefined) {
        // The account was here before, in another wallet: its policy stays, and changes only as policies change.
        await policies.put(network, address, { ...known, walletId });
        return policyRef(known.compiled);
      }
      const compiled = Policies.compile(network, policy);
      await records.event('policy.load', {
        name: 'policy.adopt',
        by: null,
        network,
        address,
        details: { next: compiled.hash, version: compiled.policy.version, preset: policy === null },
      });
      await policies.put(network, address, { walletId, compiled, history: [] });
      return policyRef(compiled);
    });
  }

  policyOf(network: Network, address: string): PolicyRef | undefined {
    const record = this.#parts.policies.find(network, address);
    return record === undefined ? undefined : policyRef(record.compiled);
  }

  pending(): number {
    return this.#requests.open().length;
  }

  wish(approvalId: string): Promise<Wish> {
    return this.#wishes.wish(approvalId);
  }

  fulfil(approvalId: string, address: string): Promise<void> {
    return this.#wishes.fulfil(approvalId, address);
  }

  requestRotation(request: Parameters<AuthorityService['requestRotation']>[0]): Promise<string> {
    return this.#wishes.requestRotation(request);
  }

  rotationStatus(approvalId: string): Promise<'pending' | 'granted' | 'denied' | 'expired'> {
    return this.#wishes.rotationStatus(approvalId);
  }

  async record({ type, network, address, details }: Parameters<AuthorityService['record']>[0]): Promise<void> {
    const eventType = typeof details.transaction === 'string' ? 'transaction.sign' : eventTypeOf(type);
    await this.#parts.records.event(eventType, { name: type, by: null, network, address, details });
  }

  takeSequence(take: Parameters<AuthorityService['takeSequence']>[0]): ReturnType<AuthorityService['takeSequence']> {
    return takeSequence(this.#parts, take);
  }

  /**
   * For a timer: releases what is ready and needs no facts, forgets what is long over. Never throws; what stays ready is
   * released when it is asked for.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    try {
      for (const { id } of this.#requests.open()) {
        await this.#settle(id, null).catch((error: unknown) => this.#alert(error));
      }
      const now = this.#parts.clock.now();
      await this.#requests.approvals.expire();
      await this.#requests.prune(now - REQUESTS_KEPT_FOR);
      await this.#parts.usage.prune(now - USAGE_KEPT_FOR);
    } catch (error) {
      this.#alert(error);
    }
  }

  async close(): Promise<void> {
    await this.#sweeping;
    await this.#options.database.ledger.settled()?.catch(() => undefined);
  }

  #alert(error: unknown): void {
    const code = isCoded(error) ? error.code : 'SIGNER_INTERNAL';
    // A locked wallet or missing facts are no failure: somebody will ask.
    if (code !== 'WALLET_LOCKED' && code !== 'LEDGER_FACTS_MISSING') this.#options.alert?.(`release failed: ${code}`);
  }

  #makeHandlers(): Handlers {
    return {
      'sign.check': (params) => this.#signing.check(params),
      'sign.request': (params) => this.#signRequest(params),
      'approval.status': async ({ approvalId, facts }) => ({ approval: await this.#settle(approvalId, facts) }),
      'transaction.find': (params) => this.#findTransaction(params),
      'limits.get': (params) => this.#limits(params),
      'policy.get': async ({ network, address }) => {
        const { compiled, history } = this.#parts.policies.get(network, address);
        return {
          policy: policyJson(compiled) as Record<string, unknown>,
          ...policyRef(compiled),
          history: history.map((entry) => ({ ...entry })),
        };
      },
      'policy.propose': (params) => this.#changes.propose(params, false),
      'policy.set': (params) => this.#changes.propose({ ...params, principal: 'operator' }, true),
      'operator.ask': async (params) => ({ approval: await this.#requests.view(await this.#wishes.ask(params)) }),
      'approvals.list': async ({ open }) => {
        const records = open ? this.#requests.open() : this.#requests.all();
        return { approvals: await this.#list(records) };
      },
      'approvals.show': ({ approvalId }) => this.#full(approvalId),
      'approvals.approve': async ({ approvalId, keyId, signature }) => {
        await this.#requests.approve(approvalId, { keyId, signature });
        const { kind } = this.#requests.get(approvalId);
        // What a person's word alone completes holds at once; a transaction waits until the agent asks, or the sweep.
        if (kind === 'mainnet' || kind === 'policy' || kind === 'approvers') await this.#settle(approvalId, null);
        return this.#full(approvalId);
      },
      'approvals.deny': async ({ approvalId, keyId, signature, reason }) => {
        await this.#requests.deny(approvalId, { keyId, signature }, reason);
        return this.#full(approvalId);
      },
      'approvals.cosign': (params) => this.#cosign(params),
      'approvers.list': async () => ({
        approvers: this.#approvers.current.approvers.map(({ keyId, by, publicKey = null, account = null }) => {
          return { keyId, by, publicKey, account };
        }),
        quorum: this.#approverChanges.quorum,
      }),
      'approvers.propose': (params) => this.#approverChanges.propose(params),
      'clock.accept': async ({ network, address }) => {
        this.#parts.keys.wallet(network, address);
        await new Limits(this.#parts.usage.of(network), this.#parts.clock).acceptClock(address);
        this.#parts.ledgers.forget(network);
        await this.#parts.records.event('system.clock_back', {
          name: 'clock.accept',
          by: 'operator',
          network,
          address,
        });
        return {};
      },
    };
  }

  async #signRequest({ approvalId, ...ask }: Params<'sign.request'>): Promise<SignOutcome> {
    if (approvalId === null) return this.#signing.request(ask, (read, decision) => this.#parking.park(read, decision));
    const { network, address, principal, blob } = ask;
    const record = this.#requests.get(approvalId);
    const isSame =
      record.subject.kind === 'sign' &&
      record.network === network &&
      record.address === address &&
      record.principal === principal &&
      record.subject.given === blob.toUpperCase();
    if (!isSame) throw authorityError('APPROVAL_MISMATCH', 'the request is not of this transaction');
    const approval = await this.#settle(approvalId, ask.facts);
    if (approval.status === 'denied' || approval.status === 'expired') throw closedError(approval);
    if (approval.signed !== null) {
      const found = await this.#parts.register.find(approval.signed.hash);
      if (found === undefined) throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'a released transaction is missing');
      return { status: 'approved', decision: found.decision, signed: approval.signed };
    }
    const { decision } = await this.#signing.check(ask);
    return { status: 'pending_approval', decision, approval };
  }

  /** Carries out what is ready, and tells how the request stands. */
  async #settle(id: string, facts: Params<'approval.status'>['facts']): Promise<SignerApproval> {
    const { subject } = this.#requests.get(id);
    if (subject.kind === 'sign') return this.#releases.release(id, facts);
    if (subject.kind === 'policy') await this.#changes.release(id);
    if (subject.kind === 'mainnet') await this.#wishes.releaseMainnet(id);
    if (subject.kind === 'approvers') await this.#approverChanges.release(id);
    return this.#requests.view(id);
  }

  /** Oldest first; the newest, where they do not all fit one answer. */
  async #list(records: readonly ParkedRecord[]): Promise<Answer<'approvals.list'>['approvals']> {
    const listed: Answer<'approvals.list'>['approvals'] = [];
    let room = MAX_LIST_CHARS;
    for (const { id } of records.toReversed()) {
      const full = await this.#full(id);
      room -= JSON.stringify(full).length;
      if (room < 0) break;
      listed.push(full);
    }
    return listed.reverse();
  }

  async #full(id: string): Promise<Answer<'approvals.show'>> {
    const request = await this.#requests.approvals.show(id);
    return { approval: await this.#requests.view(id), request: { ...request } };
  }

  /** Takes the signatures of the ledger's signers out of a blob, each verified over the exact transaction (W11). */
  async #cosign({ approvalId, blob }: Params<'approvals.cosign'>): Promise<Answer<'approvals.cosign'>> {
    const view = await this.#requests.view(approvalId);
    if (view.status !== 'pending' && view.status !== 'ready') throw closedError(view);
    const { subject } = this.#requests.get(approvalId);
    if (subject.kind !== 'sign' || subject.native === null) {
      throw authorityError('APPROVAL_WRONG_SIGNATURE', 'this request is decided by approvers’ signatures');
    }
    const intent = nativeIntent(subject.blob);
    const given = unwrap(signaturesOf(intent, blob));
    const list = { quorum: subject.native.quorum, signers: subject.native.signers } as never;
    await this.#requests.countInvalid(approvalId, async () => {
      for (const signature of given) unwrap(verifySignature(intent, list, signature));
    });
    const current = this.#requests.get(approvalId);
    if (current.subject.kind === 'sign' && current.subject.native !== null) {
      const { native } = current.subject;
      // One signature a signer, also within one blob: the same twice is one person's word.
      const known = new Set(native.signatures.map(({ account }) => account));
      const fresh = given.filter(({ account }) => !known.has(account) && known.add(account));
      const signatures = [...native.signatures, ...fresh];
      await this.#requests.put({ ...current, subject: { ...current.subject, native: { ...native, signatures } } });
      await this.#parts.records.event('approval.approve', {
        name: 'sign',
        by: fresh.map(({ account }) => account).join(' ') || null,
        network: current.network,
        address: current.address,
        details: { id: approvalId, signatures: signatures.length },
      });
    }
    return this.#full(approvalId);
  }

  async #findTransaction({ hash }: Params<'transaction.find'>): Promise<Answer<'transaction.find'>> {
    const found = await this.#parts.register.find(hash);
    if (found === undefined) return { transaction: null };
    const { network, address, type, tier, signedAt, entry, context } = found;
    return { transaction: { network, address, hash, type, tier, signedAt, entry, context } };
  }

  async #limits({ network, address }: Params<'limits.get'>): Promise<Answer<'limits.get'>> {
    this.#parts.keys.wallet(network, address);
    const { limits, tierVolumes } = this.#parts.policies.get(network, address).compiled.policy;
    const { now, usage } = await this.#parts.usage.of(network).atomically(address, (transaction) => {
      const at = Math.max(this.#parts.clock.now(), transaction.clockMark());
      return { now: at, usage: snapshotAt(transaction, at, limits.dailyResetUtcHour) };
    });
    const { autonomous, delayed, cosign } = usage.dayVolume;
    const spent = autonomous + delayed + cosign;
    const rest = (most: bigint, used: bigint) => (most > used ? most - used : 0n).toString();
    return {
      left: {
        autonomousRemaining: rest(tierVolumes.autonomous, autonomous),
        dailyRemaining: rest(limits.volumePerDay, spent),
        hourlyTransactionsRemaining: Math.max(0, limits.perHour - usage.hourCount),
        dailyTransactionsRemaining: Math.max(0, limits.perDay - usage.dayCount),
        destinationsRemaining: Math.max(0, limits.destinationsPerDay - usage.dayDestinations.size),
        hourlyResetAt: usage.hourResetsAt ?? now + 3_600_000,
        dailyResetAt: dayOf(now, limits.dailyResetUtcHour).end,
      },
      spentToday: spent.toString(),
      dailyVolume: limits.volumePerDay.toString(),
      hourCount: usage.hourCount,
      perHour: limits.perHour,
      dayCount: usage.dayCount,
      perDay: limits.perDay,
    };
  }
}

/** An older file put back knows less than the log does: what was spent since would be spent again. @throws AUTHORITY_STATE_NOT_GENUINE */
async function assertFresh({ log, database }: AuthorityOptions, approvers: Approvers): Promise<void> {
  const entries = (await log.tail?.(1_000)) ?? [];
  const last = (mark: keyof StateMark): number =>
    Number(
      entries.findLast(({ operation }) => typeof operation.parameters[mark] === 'number')?.operation.parameters[mark] ??
        0,
    );
  const isFresh =
    last('generation') <= database.ledger.generation('usage') &&
    last('requests') <= database.ledger.generation('parked') &&
    last('revision') <= approvers.current.revision;
  if (isFresh) return;
  throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'the signer’s state is older than its log; nothing is signed', {
    hint: 'an old copy of state.db was put back; find out who, and restore the newest',
  });
}

const EVENT_TYPES = {
  'wallet.create': 'wallet.create',
  'wallet.import': 'wallet.import',
  'wallet.restore': 'wallet.import',
  'wallet.backup': 'wallet.export',
  'wallet.delete': 'wallet.delete',
  'wallet.rotate': 'key.rotate',
  'wallet.unlock': 'auth.success',
  'wallet.lock': 'auth.success',
  'wallet.archive': 'auth.success',
  'wallet.unarchive': 'auth.success',
  'transaction.sign': 'transaction.sign',
  'transaction.submit': 'transaction.submit',
} as const;

/** The log's type for an act of the operator; acts without one of their own are changes of the keys' state. */
function eventTypeOf(type: string) {
  return Object.hasOwn(EVENT_TYPES, type) ? EVENT_TYPES[type as keyof typeof EVENT_TYPES] : 'key.rotate';
}
