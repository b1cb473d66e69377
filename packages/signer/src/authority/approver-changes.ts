import { mayBeOne } from '@wardmesh/approvals';
import type { JsonObject } from '@wardmesh/core';
import { isWalletAccount } from '@wardmesh/identity/wallet-message';
import type { Answer, Params } from '../authority-ports.ts';
import { type ApproverList, type Approvers, listHash, peopleIn } from './approvers.ts';
import { authorityError } from './error.ts';
import { APPROVERS_LIFETIME, MAX_APPROVERS, MAX_PEOPLE } from './limits.ts';
import type { Approver } from './options.ts';
import type { ParkedRecord } from './parked-record.ts';
import { peopleOf } from './parking.ts';
import type { AuthorityParts } from './parts.ts';
import { callOf, type Requests } from './requests.ts';

type Change = Params<'approvers.propose'>;
type ApproversSubject = Extract<ParkedRecord['subject'], { kind: 'approvers' }>;

/**
 * Changes of who may approve. Those in force sign each one, as many as the strictest policy asks for, or all where they
 * are fewer: a smaller number could let in people of its own and outvote what the policies ask. What is signed names the
 * list in force and the one that is to be; another change in between voids it.
 */
export class ApproverChanges {
  readonly #parts: AuthorityParts;
  readonly #requests: Requests;
  readonly #approvers: Approvers;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: AuthorityParts, requests: Requests, approvers: Approvers) {
    this.#parts = parts;
    this.#requests = requests;
    this.#approvers = approvers;
  }

  /** People that must sign a change now. */
  get quorum(): number {
    return Math.max(1, Math.min(this.#strictest(), this.#approvers.count));
  }

  /** The same change twice is one request. @throws APPROVER_INVALID, APPROVER_KNOWN, APPROVER_UNKNOWN, APPROVERS_TOO_FEW */
  async propose(change: Change): Promise<Answer<'approvers.propose'>> {
    const { current } = this.#approvers;
    const next = this.#next(current, change);
    const subject: ApproversSubject = {
      kind: 'approvers',
      act: change.act,
      keyId: change.keyId,
      previous: listHash(current),
      next: listHash(next),
    };
    const same = this.#requests
      .open()
      .find(({ subject: other }) => other.kind === 'approvers' && JSON.stringify(other) === JSON.stringify(subject));
    const required = this.quorum;
    this.#requests.assertReachable(required);
    const record =
      same ??
      (await this.#requests.create({
        kind: 'approvers',
        subject,
        // It concerns every network; the strictest stands for all.
        network: 'mainnet',
        address: null,
        principal: 'operator',
        tier: 3,
        reason: null,
        releaseAt: null,
        required,
        explanation: explain(change, current, next),
        arguments: argumentsOf(subject, next),
        policyVersion: subject.previous,
        lifetime: APPROVERS_LIFETIME,
        byOperator: true,
      }));
    return { approval: await this.#requests.view(record.id) };
  }

  /** Carries out a request whose quorum is met; one that is not ready stays. @throws CONCURRENT_MODIFICATION, ApprovalError */
  release(id: string): Promise<void> {
    const turn = this.#turn.then(() => this.#release(id));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** One at a time. The approval is used up before anything changes: it works once. */
  async #release(id: string): Promise<void> {
    if ((await this.#requests.view(id)).status !== 'ready') return;
    const record = this.#requests.get(id);
    const subject = record.subject as ApproversSubject;
    const { current } = this.#approvers;
    const changed =
      subject.previous !== listHash(current) ? 'the approvers' : record.required < this.quorum ? 'the policies' : null;
    // Fewer people consented than a policy that came since asks for.
    if (changed !== null) {
      await this.#requests.refuse(id, `${changed} have changed since it was asked for`);
      throw authorityError('CONCURRENT_MODIFICATION', `${changed} have changed since this was asked for`, {
        hint: 'look at them and ask again',
      });
    }
    const next = this.#next(current, subject);
    if (subject.next !== listHash(next)) {
      throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'the change is not the one that its hash names');
    }
    const call = callOf('approvers', argumentsOf(subject, next), record.principal, subject.previous);
    const { decidedBy = [] } = await this.#requests.approvals.claim(id, call, () => 'allow');
    const { records } = this.#parts;
    const operation = { network: null, address: null, by: decidedBy.join(' ') || null };
    // Recorded first: no log, no change.
    await records.event('approval.release', { name: 'approvers', ...operation, details: { id, keyId: subject.keyId } });
    await this.#approvers.put(next);
    // The revision in the log shows an older list that is put back.
    await records.event(subject.act === 'add' ? 'role.grant' : 'role.revoke', {
      name: APPROVERS_CHANGED,
      ...operation,
      details: { id, keyId: subject.keyId, previous: subject.previous, next: subject.next, revision: next.revision },
    });
    await this.#requests.put({ ...this.#requests.get(id), closed: true });
  }

  #next(current: ApproverList, change: Pick<Change, 'act' | 'keyId'>): ApproverList {
    const { revision, approvers } = current;
    if (change.act === 'add') {
      // Its key is the same on every chain of its kind: it would count as two people, and sign as one.
      if (approvers.some(({ keyId, by }) => mayBeOne(keyId, change.keyId) || mayBeOne(by, change.keyId))) {
        throw authorityError('APPROVER_KNOWN', 'this wallet is an approver already');
      }
      if (approvers.length >= MAX_APPROVERS) throw authorityError('APPROVER_INVALID', 'there is no room for another');
      return { revision: revision + 1, approvers: [...approvers, walletApprover(change.keyId)] };
    }
    if (!approvers.some(({ keyId }) => keyId === change.keyId)) {
      throw authorityError('APPROVER_UNKNOWN', 'no approver has this key', { hint: 'ward approvers list names them' });
    }
    const next = { revision: revision + 1, approvers: approvers.filter(({ keyId }) => keyId !== change.keyId) };
    const needed = this.#strictest();
    if (peopleIn(next) >= needed) return next;
    throw authorityError('APPROVERS_TOO_FEW', `${peopleIn(next)} approvers would be left, and ${needed} are needed`, {
      hint: 'add another one first',
    });
  }

  /** People that the strictest policy in force asks for; at least one. */
  #strictest(): number {
    const { keys, policies } = this.#parts;
    const quorums = keys.wallets(null).map(({ network, address }) => {
      const record = policies.find(network, address);
      return record === undefined ? 1 : peopleOf(record.compiled.policy.cosign.quorum);
    });
    return Math.min(MAX_PEOPLE, Math.max(1, ...quorums));
  }
}

/** Name of the entry in the log that tells which list is in force. */
const APPROVERS_CHANGED = 'approvers.changed';

/** @throws APPROVER_INVALID */
function walletApprover(account: string): Approver {
  if (!isWalletAccount(account)) {
    throw authorityError('APPROVER_INVALID', 'this is no CAIP-10 account of a wallet whose signatures can be checked', {
      hint: 'such as eip155:1:0x… or solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:…, as the console shows it',
    });
  }
  // Its signatures do not say which key made them, and an account does not either.
  if (account.startsWith('xrpl:')) {
    throw authorityError('APPROVER_INVALID', 'a wallet of XRPL cannot approve: its signatures name no key', {
      hint: 'use a wallet of Solana, Ethereum or Sui; accounts of the ledger co-sign through its own signer list',
    });
  }
  return { keyId: account, by: account, account };
}

function argumentsOf({ act, keyId, previous, next }: ApproversSubject, { approvers }: ApproverList): JsonObject {
  return { act, keyId, previous, next, approvers: approvers.map((approver) => ({ ...approver })) };
}

function explain({ act, keyId, reason }: Change, current: ApproverList, next: ApproverList): string[] {
  const left = `${peopleIn(current)} approvers before, ${peopleIn(next)} after`;
  return act === 'add'
    ? [`lets ${keyId} approve transactions, policies and approvers`, left, `reason given: ${reason}`]
    : [`takes the right to approve from ${keyId}, at once`, left, `reason given: ${reason}`];
}
