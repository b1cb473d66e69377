import {
  type Clock,
  canonicalBytes,
  fromBase64Url,
  fromUtf8,
  isJsonObject,
  type Random,
  toBase64Url,
  utf8,
} from '@wardmesh/core';
import { open, seal } from '@wardmesh/crypto';
import type { Call } from '../pipeline/call.ts';
import { type Denial, deny } from '../protocol/errors.ts';

/** What a state of ours says; `kind` keeps approvals and held calls apart. */
export interface StateFacts {
  readonly kind: 'approval' | 'held';
  readonly id: string;
}

/** Spends a nonce: true the first time, false ever after. Survives restarts. */
export interface SingleUsePort {
  spend(nonce: string, expiresAt: number): Promise<boolean>;
}

const PREFIX = 'ward1.';
/** In the clear after the prefix: says which table to look in, and is under the seal as well. */
const KINDS = { a: 'approval', h: 'held' } as const;
const AAD = utf8('wardmesh request state v1');

/**
 * `requestState` of multi round-trip requests (2026-07-28, SEP-2322): opaque to the client, sealed, bound to principal,
 * method, target and arguments, expiring, single use. A state that is not of this form is the server's own.
 */
export class RequestStates {
  readonly #key: Uint8Array;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #uses: SingleUsePort;

  constructor(key: Uint8Array, clock: Clock, random: Random, uses: SingleUsePort) {
    this.#key = key;
    this.#clock = clock;
    this.#random = random;
    this.#uses = uses;
  }

  isOurs(state: unknown): state is string {
    return typeof state === 'string' && state.startsWith(PREFIX);
  }

  /** What kind a state says it is; trusted only once redeemed. */
  peekKind(state: string): StateFacts['kind'] | undefined {
    return KINDS[state[PREFIX.length] as keyof typeof KINDS];
  }

  make(call: Call, facts: StateFacts, expiresAt: number): string {
    const payload = { ...facts, ...binding(call), exp: expiresAt, nonce: toBase64Url(this.#random.bytes(16)) };
    const sealed = seal(this.#key, canonicalBytes(payload), AAD, this.#random);
    return `${PREFIX}${facts.kind[0]}.${toBase64Url(sealed)}`;
  }

  /** The facts of a state, once. Whatever is wrong with it, the answer is the same. */
  async redeem(call: Call, state: string): Promise<StateFacts | Denial> {
    const refused = (detail: string) => deny('STATE_REFUSED', { detail });
    let payload: unknown;
    try {
      payload = JSON.parse(fromUtf8(open(this.#key, fromBase64Url(state.slice(PREFIX.length + 2)), AAD)));
    } catch {
      return refused('not genuine');
    }
    if (!isJsonObject(payload)) return refused('not an object');
    const { kind, id, exp, nonce, ...bound } = payload;
    if (typeof exp !== 'number' || this.#clock.now() >= exp) return refused('expired');
    const now = binding(call) as Record<string, unknown>;
    if (Object.keys(now).some((name) => now[name] !== bound[name])) return refused('bound to another call');
    if ((kind !== 'approval' && kind !== 'held') || kind !== this.peekKind(state)) return refused('unknown kind');
    return (await this.#uses.spend(String(nonce), exp)) ? { kind, id: String(id) } : refused('used before');
  }
}

function binding(call: Call): object {
  const { method, params } = call.request;
  return {
    principal: call.principal.id,
    route: call.route.kind === 'server' ? call.route.server : '',
    method,
    target: String(params?.name ?? params?.uri ?? ''),
    args: call.argumentsHash,
  };
}
