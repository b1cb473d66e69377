import { CodedError, type JsonObject } from '@wardmesh/core';
import type { SignerFacts, WalletsPort } from '@wardmesh/gateway';
import type { MethodResult, SignerApproval, Wallet } from '@wardmesh/signer/client';
import { bound, type SignerRequest } from '../wallet/request.ts';
import { wishCommand } from '../wallet/request-lines.ts';
import type { Balances } from './balances.ts';
import { SignerLink } from './signer-link.ts';

type View = Awaited<ReturnType<WalletsPort['approvals']>>[number];

/** What a request's status is in the gateway's words: one that waits out its delay can still be decided. */
const STATES: Readonly<Record<SignerApproval['status'], View['state']>> = {
  waiting: 'pending',
  pending: 'pending',
  ready: 'approved',
  released: 'released',
  denied: 'denied',
  expired: 'expired',
};

/** The signer as the console sees it, over its operator socket. No password and no key passes here. */
export class SignerWallets implements WalletsPort {
  readonly #link: SignerLink;
  readonly #balances: Balances | undefined;

  /**
   * @param socket path of `operator.sock`; nothing need listen there yet
   * @param balances what ledgers say that the wallets hold; without it nobody knows
   */
  constructor(socket: string, balances?: Balances) {
    this.#link = new SignerLink(socket);
    this.#balances = balances;
  }

  async list(): Promise<readonly JsonObject[]> {
    const { wallets } = await this.#link.look('wallets.list', { network: null });
    return wallets.map(walletView);
  }

  async show(network: string, address: string): Promise<JsonObject> {
    const account = { network: network as Wallet['network'], address };
    const [{ wallets }, { policy, history }, limits, balance] = await Promise.all([
      this.#link.look('wallets.list', { network: account.network }),
      this.#link.look('policy.get', account),
      this.#link.look('limits.get', account),
      this.#balances?.of(account.network, address) ?? null,
    ]);
    const wallet = wallets.find((one) => one.address === address);
    // Deleted a moment ago.
    if (wallet === undefined) throw new CodedError('WALLET_NOT_FOUND', 'no such wallet');
    return {
      wallet: walletView(wallet),
      balance,
      policy: policy as JsonObject,
      history: history as JsonObject[],
      limits: limitsView(limits),
    };
  }

  /** Counts for the metrics: no wallet is named. */
  async facts(): Promise<SignerFacts> {
    const { wallets, unlocked, pending, keys } = await this.#link.look('status', {});
    // Keys that were rotated away have a date too, and nobody waits for it.
    const dates = keys.filter(({ state }) => state === 'active').map(({ rotateBy }) => rotateBy);
    return {
      wallets,
      unlocked,
      pending,
      keysDue: keys.filter(({ due }) => due).length,
      nextRotation: dates.sort((a, b) => a - b)[0],
    };
  }

  async propose({ network, by, ...proposal }: Parameters<WalletsPort['propose']>[0]): Promise<JsonObject> {
    const outcome = await this.#link.act('policy.propose', {
      ...proposal,
      network: network as Wallet['network'],
      principal: by,
      approvalId: null,
    });
    return {
      status: outcome.status,
      changes: outcome.changes as JsonObject[],
      approvalId: outcome.status === 'applied' ? null : outcome.approval.approvalId,
    };
  }

  async approvals(open: boolean): Promise<readonly View[]> {
    const [{ approvals }, { approvers }] = await Promise.all([
      this.#link.look('approvals.list', { open }),
      this.#link.look('approvers.list', {}),
    ]);
    const deciders = approvers.map(({ keyId }) => keyId);
    return approvals.map((full) => approvalView(bound(full), deciders));
  }

  async approve(approvalId: string, keyId: string, signature: string): Promise<void> {
    await this.#link.act('approvals.approve', { approvalId, keyId, signature });
  }

  async deny(approvalId: string, keyId: string, signature: string, reason: string): Promise<void> {
    await this.#link.act('approvals.deny', { approvalId, keyId, signature, reason });
  }

  close(): Promise<void> {
    this.#balances?.close();
    return this.#link.close();
  }
}

function walletView({ network, address, name, status, unlocked, kind, protection, policy, backup }: Wallet) {
  return {
    network,
    address,
    name,
    status,
    unlocked,
    kind,
    protection: protection.statement,
    policy: { ...policy },
    backupAt: backup?.createdAt ?? null,
  };
}

function limitsView({ left, ...used }: MethodResult<'limits.get'>): JsonObject {
  const { autonomousRemaining, dailyRemaining, hourlyResetAt, dailyResetAt } = left;
  return { autonomousRemaining, dailyRemaining, hourlyResetAt, dailyResetAt, ...used };
}

function approvalView(asked: SignerRequest, deciders: readonly string[]): View {
  const { approval, request } = asked;
  const command = wishCommand(asked);
  const cosigners = approval.requiredSigners;
  return {
    id: request.id,
    source: 'signer',
    state: STATES[approval.status],
    createdAt: request.createdAt,
    expiresAt: approval.expiresAt,
    over: request.over,
    quorum: approval.quorum.required,
    collected: approval.quorum.collected,
    reason: approval.reason === null ? [approval.kind] : [approval.reason],
    binding: { ...request.binding },
    signedBy: request.signatures.map(({ by }) => by),
    denyReason: approval.denyReason,
    releaseAt: approval.releaseAt,
    explanation: [
      ...approval.explanation,
      // What a signature does not decide says what does.
      ...(command === undefined ? [] : [`a person finishes this in a terminal: ${command}`]),
      ...(cosigners.length === 0 ? [] : [`the ledger asks for signatures of ${cosigners.join(', ')}`]),
    ],
    deciders,
  };
}
