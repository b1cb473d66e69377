import { canonicalBytes, canonicalize, isJsonObject, type Json, type JsonObject, unwrap } from '@wardmesh/core';
import { contentHash } from '@wardmesh/crypto';
import type { Ledger } from '@wardmesh/store';
import {
  type CompiledPolicy,
  canonical,
  compilePolicy,
  loadPolicy,
  type PolicyHistoryEntry,
  policyToJson,
  presetPolicy,
} from '@wardmesh/wallet';
import type { Network, PolicyRef } from '../authority-ports.ts';
import { authorityError } from './error.ts';
import { MAX_HISTORY_CHARS, MAX_HISTORY_VALUE, MAX_POLICY_HISTORY } from './limits.ts';

/** A wallet's policy in force, and how it came to be. */
export interface WalletPolicyRecord {
  readonly walletId: string;
  readonly compiled: CompiledPolicy;
  readonly history: readonly PolicyHistoryEntry[];
}

/** The policies of all wallets: canonical JSON in sealed rows (`NETWORK/ADDRESS/p` of `usage`), compiled in memory. */
export class Policies {
  readonly #ledger: Ledger;
  readonly #records = new Map<string, WalletPolicyRecord>();
  readonly #turns = new Map<string, Promise<unknown>>();

  private constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** @throws AUTHORITY_STATE_NOT_GENUINE where a stored policy is not what its hash says */
  static open(ledger: Ledger): Policies {
    const policies = new Policies(ledger);
    for (const [id, value] of ledger.entries('usage')) {
      const [network, address, kind] = id.split('/');
      if (kind === 'p') policies.#records.set(`${network}/${address}`, read(network as Network, value));
    }
    return policies;
  }

  /** A text of any format, or the network's preset, ready to decide. @throws WalletError INVALID_POLICY, INVALID_PATTERN */
  static compile(network: Network, text: string | null): CompiledPolicy {
    if (text !== null) return unwrap(loadPolicy(text, { network }));
    return unwrap(compilePolicy(unwrap(canonical(presetPolicy(network)))));
  }

  find(network: Network, address: string): WalletPolicyRecord | undefined {
    return this.#records.get(`${network}/${address}`);
  }

  /** @throws POLICY_MISSING */
  get(network: Network, address: string): WalletPolicyRecord {
    const record = this.find(network, address);
    if (record !== undefined) return record;
    throw authorityError('POLICY_MISSING', 'the wallet has no policy; nothing is signed for it');
  }

  /** One change of a wallet's policy at a time: what `work` compares is still in force when it puts. */
  async alone<T>(network: Network, address: string, work: () => Promise<T>): Promise<T> {
    const name = `${network}/${address}`;
    const turn = (this.#turns.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(name, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(name) === settled) this.#turns.delete(name);
    }
  }

  /** In force when it resolves. Within {@link alone}. */
  async put(network: Network, address: string, record: WalletPolicyRecord): Promise<void> {
    const kept = { ...record, history: boundHistory(record.history) };
    await this.#ledger.ready();
    const value = {
      walletId: kept.walletId,
      policy: policyToJson(kept.compiled.policy),
      hash: kept.compiled.hash,
      history: kept.history as unknown as Json,
    };
    await this.#ledger.stage([{ table: 'usage', id: `${network}/${address}/p`, value }]);
    this.#records.set(`${network}/${address}`, kept);
  }
}

function read(network: Network, document: Json | undefined): WalletPolicyRecord {
  if (isJsonObject(document) && isJsonObject(document.policy) && Array.isArray(document.history)) {
    const compiled = unwrap(loadPolicy(canonicalize(document.policy), { network }));
    if (compiled.hash === document.hash) {
      const history = document.history as unknown as readonly PolicyHistoryEntry[];
      return { walletId: document.walletId as string, compiled, history };
    }
  }
  throw authorityError('AUTHORITY_STATE_NOT_GENUINE', 'a stored policy is not the one that was put in force');
}

/** The newest entries, as many as have room. Long lists stand in it as their hashes: agents tighten without being asked. */
function boundHistory(history: readonly PolicyHistoryEntry[]): readonly PolicyHistoryEntry[] {
  const kept: PolicyHistoryEntry[] = [];
  let room = MAX_HISTORY_CHARS;
  for (const entry of history.slice(-MAX_POLICY_HISTORY).reverse()) {
    const changes = entry.changes.map((change) => ({
      ...change,
      previous: shortValue(change.previous),
      next: shortValue(change.next),
    }));
    const bounded = { ...entry, changes };
    room -= JSON.stringify(bounded).length;
    if (room < 0 && kept.length > 0) break;
    kept.push(bounded);
  }
  return kept.reverse();
}

function shortValue(value: Json): Json {
  return JSON.stringify(value).length <= MAX_HISTORY_VALUE ? value : contentHash(canonicalBytes(value));
}

export function policyRef({ policy, hash }: CompiledPolicy): PolicyRef {
  return { id: policy.id, version: policy.version, hash };
}

export function policyJson(compiled: CompiledPolicy): JsonObject {
  return policyToJson(compiled.policy);
}
