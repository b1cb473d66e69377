import type { AuditEvent } from '@wardmesh/audit';
import { type Random, uuid } from '@wardmesh/core';
import type { ContentHash, ReceiptBody } from '@wardmesh/verify';
import type { Network } from '../authority-ports.ts';
import type { AuthorityLog } from './options.ts';
import { SIGN_PIN } from './pin.ts';

/** What was signed, for the log. */
export interface SignatureRecord {
  readonly network: Network;
  readonly networkId: number;
  readonly address: string;
  readonly principal: string;
  readonly digest: ContentHash;
  readonly hash: string;
  readonly type: string;
  readonly tier: number;
  readonly reasons: readonly string[];
  readonly policyHash: string;
  readonly spend: string;
  readonly fee: string;
  readonly context: string | null;
  /** Reservation that counts it, and the generation of the table that holds it: an older file shows (see `assertFresh`). */
  readonly reservation: string;
  readonly generation: number;
  readonly approval: NonNullable<ReceiptBody['approval']> | null;
}

/** Where the state on disk stands, so that an older copy of it shows (see `assertFresh`). */
export interface StateMark {
  /** Writes of what was spent, and of requests. */
  readonly generation: number;
  readonly requests: number;
  /** Of the list of approvers. */
  readonly revision: number;
}

type Details = Readonly<Record<string, string | number | boolean | null>>;

/** Writes the authority's acts into the signer's log, one shape each. Every one resolves when it is durable. */
export class AuthorityRecords {
  readonly #log: AuthorityLog;
  readonly #random: Random;
  readonly #node: string;
  readonly #state: () => StateMark;

  constructor(log: AuthorityLog, random: Random, node: string, state: () => StateMark) {
    this.#log = log;
    this.#random = random;
    this.#node = node;
    this.#state = state;
  }

  /** The receipt of a signature. @returns the entry's id @throws AUDIT_UNAVAILABLE: then no signature may leave */
  async signature(record: SignatureRecord): Promise<string> {
    const { principal, digest, network, address } = record;
    const entry = await this.#log.append({
      eventType: 'transaction.sign',
      toolName: 'signer.sign',
      correlationId: uuid(this.#random),
      actor: { type: 'user', id: principal },
      operation: {
        name: 'sign',
        parameters: {
          network,
          address,
          type: record.type,
          tier: record.tier,
          spend: record.spend,
          fee: record.fee,
          context: record.context,
          reservation: record.reservation,
          generation: record.generation,
        },
        result: 'success',
      },
      receipt: {
        v: 1,
        agent: { id: principal, roles: [] },
        node: { id: this.#node },
        tool: { server: 'signer', name: 'sign', pin: SIGN_PIN },
        args: { hash: digest },
        policy: { version: record.policyHash, decision: `tier-${record.tier}`, rules: record.reasons },
        ...(record.approval !== null && { approval: record.approval }),
        labels: { in: [], out: [] },
        effect: { status: 'ok', resultHash: digest, tx: `xrpl:${record.networkId}:${record.hash}` },
      },
    });
    return entry.id;
  }

  /** Any other act. Details hold no secret. */
  async event(
    eventType: AuditEvent['eventType'],
    operation: {
      readonly name: string;
      readonly by: string | null;
      readonly network: Network | null;
      readonly address: string | null;
      readonly result?: 'success' | 'failure' | 'denied';
      readonly details?: Details;
    },
  ): Promise<string> {
    const { name, by, network, address, result = 'success', details = {} } = operation;
    const entry = await this.#log.append({
      eventType,
      toolName: `signer.${name}`,
      correlationId: uuid(this.#random),
      actor: by === null ? { type: 'system' } : { type: 'user', id: by },
      // In each entry: nobody pushes the mark out of sight with entries that have none.
      operation: { name, parameters: { ...this.#state(), ...details, network, address }, result },
    });
    return entry.id;
  }
}
