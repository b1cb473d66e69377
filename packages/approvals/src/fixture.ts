import { generateKeyPairSync, sign } from 'node:crypto';
import { type Clock, canonicalBytes, systemRandom, toBase64 } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { Approvals, type ApprovalsOptions } from './approvals.ts';
import type { ApprovalAsk } from './create.ts';
import { MemoryApprovalStore } from './memory-store.ts';
import { type ApprovalDecision, approvalMessage } from './message.ts';
import type { ApproverKey } from './ports.ts';
import type { ApprovalCall } from './request.ts';
import type { SignatureInput } from './signers.ts';

export const START = 1_700_000_000_000;
const HASH = `sha256:${'ab'.repeat(32)}`;

/** A clock that tests turn. */
export class TestClock implements Clock {
  wall = START;
  elapsed = 0;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.elapsed += milliseconds;
  }
}

/** An approver with a real key. */
export class Approver {
  readonly key: ApproverKey;
  readonly #sign: (message: Uint8Array) => Uint8Array;

  constructor(by: string, keyId = `key-${by}`) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    this.key = { keyId, by, publicKey: raw };
    this.#sign = (message) => sign(null, message, privateKey);
  }

  sign(decision: ApprovalDecision, over: string): SignatureInput {
    return { keyId: this.key.keyId, signature: toBase64(this.#sign(approvalMessage(decision, over))) };
  }
}

export function callOf(changes: Partial<ApprovalCall> = {}): ApprovalCall {
  const args = changes.arguments ?? { path: 'notes.txt', content: 'hello' };
  return {
    server: 'files',
    tool: 'write_file',
    pin: HASH,
    arguments: args,
    argumentsHash: contentHash(canonicalBytes(args)),
    principal: 'agent-1',
    policyVersion: '7',
    ...changes,
  };
}

/** A service over memory with approvers ada, bob and cyd. */
export function setUp(options: Partial<ApprovalsOptions> = {}) {
  const clock = new TestClock();
  const store = new MemoryApprovalStore();
  const approvers = { ada: new Approver('ada'), bob: new Approver('bob'), cyd: new Approver('cyd') };
  const keys = new Map<string, ApproverKey>(Object.values(approvers).map(({ key }) => [key.keyId, key]));
  const base: ApprovalsOptions = {
    store,
    keys: { find: (keyId) => keys.get(keyId) },
    clock,
    random: systemRandom,
    contentHash,
    ed25519Verify,
    pollInterval: 5,
    ...options,
  };
  const approvals = new Approvals(base);
  const ask = (changes: Partial<ApprovalAsk> = {}) =>
    approvals.request({ call: callOf(), reason: ['writes need approval'], ...changes });
  return { clock, store, keys, approvals, ask, base, ...approvers };
}

export const allow = () => 'allow' as const;
