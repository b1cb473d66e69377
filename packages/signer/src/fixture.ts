import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom, uuid } from '@wardmesh/core';
import type { TestLedger } from '@wardmesh/local-ledger';
import type { PasswordKdf } from '@wardmesh/vault';
import { onTestFinished } from 'vitest';
import type { AuthorityService, PolicyRef } from './authority-ports.ts';
import { type LedgerHandlers, SignerClient } from './client/index.ts';
import { signerError } from './error.ts';
import type { HardeningFacts } from './harden/facts.ts';
import { SECURE_HEAP_BYTES } from './limits.ts';
import { type OpenSigner, openSigner, type SignerOptions } from './serve/signer.ts';

export const PASSWORD = 'Correct horse 9';
export const BACKUP_PASSWORD = 'Another battery 7';
/** lsfDisableMaster of an AccountRoot. */
const MASTER_DISABLED = 0x0010_0000;

/** Bytes of a secret; each call makes its own, because whoever sends them wipes them. */
export function secret(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A folder with a short name, which a socket's path needs; it goes with the test. */
export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'sg-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** Facts of a process that lacks nothing. */
export const HARDENED: HardeningFacts = {
  secureHeap: SECURE_HEAP_BYTES,
  coreDumps: 'off',
  permissions: 'on',
  inspector: 'off',
  inspectorSignal: 'off',
  foreignOptions: [],
  lockedBytes: 0,
};

/** A KDF that costs nothing. */
export const quickKdf: PasswordKdf = async (password, parameters) =>
  new Uint8Array(createHmac('sha256', parameters.salt).update(password).digest());

/** What outlives a process beside its disk, and what people say. */
export class Consent {
  readonly adopted = new Map<string, PolicyRef>();
  readonly policies = new Map<string, string | null>();
  readonly records: { type: string; details: object }[] = [];
  readonly rotations = new Map<string, string>();
  readonly fulfilled: string[] = [];
  rotation: 'pending' | 'granted' | 'denied' | 'expired' = 'granted';
  /** Fails the named call once, as a process that dies there would. */
  dieAt: string | undefined;

  #breathe(at: string): void {
    if (this.dieAt !== at) return;
    this.dieAt = undefined;
    throw new TypeError(`died at ${at}`);
  }

  readonly service: AuthorityService = {
    answer: async (method, params) => {
      if (method !== 'approval.status') throw signerError('SIGNER_INTERNAL', 'not in this test');
      const { approvalId } = params as { approvalId: string };
      return {
        approval: {
          approvalId,
          kind: 'rotation',
          status: 'pending',
          network: 'local',
          address: null,
          principal: 'operator',
          reason: null,
          tier: 3,
          releaseAt: null,
          expiresAt: 1,
          quorum: { collected: 0, required: 1 },
          requiredSigners: [],
          explanation: [],
          denyReason: null,
          signed: null,
        },
      } as never;
    },
    assertPolicy: (_network, policy) => {
      if (policy === 'bad') throw signerError('SIGNER_BAD_PARAMS', 'not a policy');
    },
    adopt: async (wallet, policy) => {
      this.#breathe('adopt');
      const ref = this.adopted.get(wallet.walletId) ?? {
        id: 'test',
        version: '1.0.0',
        hash: `sha256:${'1'.repeat(64)}`,
      };
      this.adopted.set(wallet.walletId, ref);
      this.policies.set(wallet.address, policy);
      return ref;
    },
    policyOf: (_network, address) => (this.policies.has(address) ? [...this.adopted.values()][0] : undefined),
    pending: () => 0,
    wish: async (approvalId) => ({ kind: 'create', network: 'local', address: null, name: null, policy: approvalId }),
    fulfil: async (approvalId) => {
      this.#breathe('fulfil');
      this.fulfilled.push(approvalId);
    },
    requestRotation: async ({ rotationId }) => {
      const id = this.rotations.get(rotationId) ?? uuid(systemRandom);
      this.rotations.set(rotationId, id);
      return id;
    },
    rotationStatus: async () => this.rotation,
    record: async ({ type, details }) => {
      this.#breathe(type);
      this.records.push({ type, details });
    },
    takeSequence: async ({ facts, ledgersAhead }) => ({
      sequence: facts.accountSequence,
      lastLedgerSequence: facts.ledgerIndex + ledgersAhead,
    }),
    sweep: async () => undefined,
    close: async () => undefined,
  };
}

/** A signer in this process, on a folder; whatever it throws is in `lines`. */
export async function openTestSigner(
  home: string,
  consent = new Consent(),
  overrides: Partial<SignerOptions> = {},
): Promise<OpenSigner & { readonly lines: object[]; readonly consent: Consent }> {
  const lines: object[] = [];
  const signer = await openSigner({
    folder: join(home, 'signer'),
    approversFile: join(home, 'operator', 'approvers.json'),
    clock: systemClock,
    random: systemRandom,
    facts: HARDENED,
    contained: 'none',
    deriveKey: quickKdf,
    log: (line) => lines.push(line),
    authority: async () => consent.service,
    ...overrides,
  });
  onTestFinished(() => signer.close());
  return { ...signer, lines, consent };
}

export async function connectTo(
  socket: string,
  options: Partial<Parameters<typeof SignerClient.connect>[0]> = {},
): Promise<SignerClient> {
  const client = await SignerClient.connect({ socket, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The test ledger as an operator's client tells of it. It closes a ledger whenever somebody asks for an outcome. */
export function ledgerHandlers(ledger: TestLedger): LedgerHandlers {
  const account = (address: string) => {
    const found = [...ledger.validated.state!.values()].find(
      (entry) => entry.LedgerEntryType === 'AccountRoot' && entry.Account === address,
    );
    if (found?.LedgerEntryType !== 'AccountRoot') throw new Error('no such account');
    return found;
  };
  return {
    'ledger.facts': async ({ address }) => {
      const root = account(address);
      return {
        facts: {
          ledgerIndex: ledger.validated.header.ledger_index,
          accountSequence: root.Sequence,
          baseFee: '10',
          fee: '10',
          networkId: ledger.networkId,
          signerList: null,
        },
        balance: root.Balance.toString(),
        regularKey: root.RegularKey ?? null,
        masterDisabled: (root.Flags & MASTER_DISABLED) !== 0,
      };
    },
    'ledger.submit': async ({ blob }) => {
      ledger.submit(blob);
      return {};
    },
    'ledger.outcome': async ({ hash, lastLedgerSequence }) => {
      ledger.close();
      const recorded = ledger.recorded(hash);
      if (recorded !== undefined) {
        const code = recorded.meta.TransactionResult;
        return { outcome: code === 'tesSUCCESS' ? 'validated' : 'failed', code };
      }
      return { outcome: ledger.validated.header.ledger_index > lastLedgerSequence ? 'expired' : 'pending', code: null };
    },
  };
}

/** A funded ledger account, validated. */
export function fund(ledger: TestLedger, address: string): void {
  ledger.fund(address, 1_000_000_000n);
  ledger.close();
}
