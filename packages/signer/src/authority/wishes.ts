import type { JsonObject } from '@wardmesh/core';
import type { Network, Params, Wish } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { MAX_REQUEST_LIFETIME, WISH_LIFETIME } from './limits.ts';
import type { ParkedRecord } from './parked-record.ts';
import { peopleOf } from './parking.ts';
import type { AuthorityParts } from './parts.ts';
import { Policies } from './policies.ts';
import { closedError } from './release.ts';
import type { NewRequest, Requests } from './requests.ts';

/** What an agent may ask of the operator, and the consent that a rotation needs. */
export class Wishes {
  readonly #parts: AuthorityParts;
  readonly #requests: Requests;

  constructor(parts: AuthorityParts, requests: Requests) {
    this.#parts = parts;
    this.#requests = requests;
  }

  /** The same wish twice is one request. @throws WALLET_NOT_FOUND, APPROVAL_LIMIT, WalletError INVALID_POLICY */
  async ask(ask: Params<'operator.ask'>): Promise<string> {
    const { kind, network, address, principal, name, policy, reason, force } = ask;
    if (address !== null) this.#parts.keys.wallet(network, address);
    if (policy !== null) Policies.compile(network, policy);
    const subject: ParkedRecord['subject'] =
      kind === 'mainnet' ? { kind: 'mainnet' } : { kind: 'wish', wish: { kind, network, address, name, policy } };
    const bound: JsonObject = { kind, network, address, name, policy, reason, force };
    const same = this.#requests.open().find((other) => {
      return other.kind === kind && other.principal === principal && sameSubject(other.subject, subject);
    });
    if (same !== undefined) return same.id;
    const asked = await this.#requests.create({
      kind,
      subject,
      network,
      address,
      principal,
      ...PEOPLE,
      required: 1,
      explanation: explain(ask),
      arguments: bound,
      policyVersion: 'none',
      lifetime: WISH_LIFETIME,
      byOperator: false,
    });
    return asked.id;
  }

  /** The open wish. @throws APPROVAL_NOT_FOUND, APPROVAL_MISMATCH, APPROVAL_DENIED, APPROVAL_EXPIRED, APPROVAL_REPLAYED */
  async wish(id: string): Promise<Wish> {
    const { subject } = this.#requests.get(id);
    if (subject.kind !== 'wish') throw authorityError('APPROVAL_MISMATCH', 'the request is no wish for the operator');
    const view = await this.#requests.view(id);
    if (view.status === 'pending' || view.status === 'ready') return subject.wish;
    throw closedError(view);
  }

  /** Closes a wish that was done; again, nothing. @throws APPROVAL_NOT_FOUND, APPROVAL_MISMATCH, APPROVAL_DENIED, APPROVAL_EXPIRED */
  async fulfil(id: string, address: string): Promise<void> {
    const { subject } = this.#requests.get(id);
    if (subject.kind !== 'wish') throw authorityError('APPROVAL_MISMATCH', 'the request is no wish for the operator');
    const view = await this.#requests.view(id);
    if (view.status === 'released') return;
    if (view.status !== 'pending' || !(await this.#requests.take(id))) throw closedError(await this.#requests.view(id));
    await this.#requests.put({ ...this.#requests.get(id), address, closed: true });
  }

  /** Consent of the policy's quorum to one rotation to one new key; once per rotation id. */
  async requestRotation(request: {
    readonly rotationId: string;
    readonly network: Network;
    readonly address: string;
    readonly reason: string;
    readonly newKey: { readonly publicKey: string; readonly address: string };
  }): Promise<string> {
    const { rotationId, network, address, reason, newKey } = request;
    const known = this.#requests.all().find(({ subject }) => {
      return subject.kind === 'consent' && subject.rotationId === rotationId;
    });
    if (known !== undefined) return known.id;
    const { compiled } = this.#parts.policies.get(network, address);
    const required = peopleOf(compiled.policy.cosign.quorum);
    this.#requests.assertReachable(required);
    const record = await this.#requests.create({
      kind: 'rotation',
      subject: { kind: 'consent', rotationId },
      network,
      address,
      principal: 'operator',
      ...PEOPLE,
      required,
      explanation: [`rotates the key of ${address} to ${newKey.address}`, `reason given: ${reason}`],
      arguments: { rotationId, network, address, reason, newKey: { ...newKey } },
      policyVersion: compiled.hash,
      lifetime: MAX_REQUEST_LIFETIME,
      byOperator: true,
    });
    return record.id;
  }

  /** @throws APPROVAL_NOT_FOUND, APPROVAL_MISMATCH */
  async rotationStatus(id: string): Promise<'pending' | 'granted' | 'denied' | 'expired'> {
    if (this.#requests.get(id).subject.kind !== 'consent') {
      throw authorityError('APPROVAL_MISMATCH', 'the request is no consent to a rotation');
    }
    const { status } = await this.#requests.view(id);
    if (status === 'ready' || status === 'released') return 'granted';
    return status === 'denied' || status === 'expired' ? status : 'pending';
  }

  /** A person's approval of the mainnet takes effect. */
  async releaseMainnet(id: string): Promise<void> {
    if ((await this.#requests.view(id)).status !== 'ready') return;
    if (!(await this.#requests.take(id))) return;
    await this.#parts.mainnet.acknowledge();
    const record = this.#requests.get(id);
    await this.#parts.records.event('approval.release', {
      name: 'mainnet',
      by: record.principal,
      network: record.network,
      address: null,
      details: { id },
    });
    await this.#requests.put({ ...record, closed: true });
  }
}

const PEOPLE = { tier: 3, reason: null, releaseAt: null } as const satisfies Partial<NewRequest>;

function sameSubject(a: ParkedRecord['subject'], b: ParkedRecord['subject']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function explain({ kind, network, address, name, reason }: Params<'operator.ask'>): string[] {
  const what = {
    create: `asks for a new wallet on ${network}${name === null ? '' : ` named ${name}`}`,
    import: `asks to import a wallet on ${network}${name === null ? '' : ` named ${name}`}`,
    rotation: `asks to rotate the key of ${address}`,
    mainnet: 'asks to acknowledge that the mainnet moves real money, for 24 hours',
  }[kind];
  return reason === null ? [what] : [what, `the agent says: ${reason}`];
}
