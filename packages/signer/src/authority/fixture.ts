import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApprovalDecision, approvalMessage } from '@wardmesh/approvals';
import type { AuditEvent } from '@wardmesh/audit';
import {
  type Clock,
  fromHex,
  type JsonObject,
  type Random,
  systemRandom,
  toBase64,
  toHex,
  unwrap,
  uuid,
} from '@wardmesh/core';
import { type Database, openDatabase } from '@wardmesh/store';
import type { AuditEntry } from '@wardmesh/verify';
import { canonical, compilePolicy, NETWORK_IDS, policyToJson, presetPolicy, type WalletPolicy } from '@wardmesh/wallet';
import { encode } from 'ripple-binary-codec';
import { deriveAddress, deriveKeypair, generateSeed, sign as signHex } from 'ripple-keypairs';
import { onTestFinished } from 'vitest';
import type { AuthorityKeys, KeySignature, Network, WalletView } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { LedgerFacts } from '../protocol/parts.ts';
import { Authority } from './authority.ts';
import type { Approver, AuthorityLog } from './options.ts';

export const XRP = 1_000_000n;
export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 14, 12);
/** Well-known accounts; their seeds are public, so never fund them. */
export const BOB = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';
export const CAROL = 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7';

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

export interface TestKey {
  readonly publicKey: string;
  readonly privateKey: string;
  readonly address: string;
  readonly algorithm: 'ed25519' | 'secp256k1';
}

/** A throw-away key of the ledger. */
export function testKey(n: number, algorithm: 'ed25519' | 'secp256k1' = 'ed25519'): TestKey {
  const seed = generateSeed({
    entropy: new Uint8Array(16).fill(n),
    algorithm: algorithm === 'ed25519' ? 'ed25519' : 'ecdsa-secp256k1',
  });
  const { publicKey, privateKey } = deriveKeypair(seed);
  return { publicKey, privateKey, address: deriveAddress(publicKey), algorithm };
}

/** Keys without a vault: what the authority sees of them is the same. */
export class TestKeys implements AuthorityKeys {
  readonly #wallets = new Map<string, { view: WalletView; key: TestKey }>();
  /** Called before each signature; throws what a fault would. */
  fault: () => void = () => undefined;
  /** Changes what was signed. */
  tamper: (signature: Uint8Array) => Uint8Array = (same) => same;
  signatures: { address: string; message: string }[] = [];

  add(network: Network, key: TestKey, changes: Partial<WalletView> = {}): WalletView {
    const view: WalletView = {
      walletId: `wallet-${network}-${key.address}`,
      network,
      name: `wallet ${this.#wallets.size + 1}`,
      address: key.address,
      status: 'active',
      unlocked: true,
      signing: { keyId: 'key-1', algorithm: key.algorithm, publicKey: key.publicKey, address: key.address },
      kind: 'agent',
      purpose: null,
      createdAt: START,
      ...changes,
    };
    this.#wallets.set(`${network}/${view.address}`, { view, key });
    return view;
  }

  wallets(network: Network | null): readonly WalletView[] {
    return [...this.#wallets.values()]
      .map(({ view }) => view)
      .filter((view) => network === null || view.network === network);
  }

  wallet(network: Network, address: string): WalletView {
    return this.#found(network, address).view;
  }

  sign(network: Network, address: string, message: Uint8Array): KeySignature | Promise<KeySignature> {
    this.fault();
    const { view, key } = this.#found(network, address);
    if (!view.unlocked) throw signerError('WALLET_LOCKED', 'the wallet is locked');
    const hex = toHex(message);
    this.signatures.push({ address, message: hex });
    const signature = fromHex(signHex(hex.toUpperCase(), key.privateKey).toLowerCase());
    return { keyId: 'key-1', publicKey: fromHex(key.publicKey.toLowerCase()), signature: this.tamper(signature) };
  }

  #found(network: Network, address: string) {
    const found = this.#wallets.get(`${network}/${address}`);
    if (found !== undefined) return found;
    throw signerError('WALLET_NOT_FOUND', 'no such wallet');
  }
}

/** The signer's log in memory; it can fail, and tells what reached it. */
export class TestLog implements AuthorityLog {
  readonly entries: AuditEntry[] = [];
  fault: () => void = () => undefined;

  async append(event: AuditEvent): Promise<{ id: string }> {
    await null;
    this.fault();
    const id = uuid(systemRandom);
    const place = { sequence: this.entries.length + 1, timestamp: '', previousHash: '', hash: '' };
    this.entries.push({ ...event, id, ...place });
    return { id };
  }

  async tail(count: number): Promise<readonly AuditEntry[]> {
    return this.entries.slice(-count);
  }

  /** Signatures that were recorded. */
  get signed(): readonly AuditEntry[] {
    return this.entries.filter(({ eventType }) => eventType === 'transaction.sign');
  }
}

/** A person with an approver's key. */
export class Person {
  readonly approver: Approver;
  readonly #sign: (message: Uint8Array) => Uint8Array;

  constructor(by: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    this.approver = { keyId: `key-${by}`, by, publicKey: toBase64(raw) };
    this.#sign = (message) => sign(null, message, privateKey);
  }

  over(decision: ApprovalDecision, over: unknown): { keyId: string; signature: string } {
    return { keyId: this.approver.keyId, signature: toBase64(this.#sign(approvalMessage(decision, over as string))) };
  }
}

export const STORE_KEY = new Uint8Array(32).fill(9);

export function facts(changes: Partial<LedgerFacts> = {}): LedgerFacts {
  return {
    ledgerIndex: 1_000,
    accountSequence: 7,
    baseFee: '10',
    fee: '12',
    networkId: NETWORK_IDS.testnet,
    signerList: null,
    ...changes,
  };
}

export interface RigOptions {
  readonly network?: Network;
  readonly policy?: (base: WalletPolicy) => WalletPolicy;
  readonly algorithm?: 'ed25519' | 'secp256k1';
  readonly random?: Random;
}

export function policyText(network: Network, change: (base: WalletPolicy) => WalletPolicy = (same) => same): string {
  const policy = unwrap(compilePolicy(unwrap(canonical(change(presetPolicy(network))))));
  return JSON.stringify(policyToJson(policy.policy));
}

/** An authority over a real database, with one wallet, approvers ada, bob and cyd, and everything else in hand. */
export async function rig(options: RigOptions = {}) {
  const network = options.network ?? 'testnet';
  const folder = await mkdtemp(join(tmpdir(), 'wardmesh-authority-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.db');
  const clock = new TestClock();
  const keys = new TestKeys();
  const log = new TestLog();
  const people = { ada: new Person('ada'), bob: new Person('bob'), cyd: new Person('cyd') };
  const key = testKey(1, options.algorithm);
  const wallet = keys.add(network, key);
  let database: Database | undefined;
  const alerts: string[] = [];
  const open = async (): Promise<Authority> => {
    await database?.close();
    database = await openDatabase({ path, key: STORE_KEY, clock });
    return Authority.open({
      database,
      keys,
      log,
      clock,
      random: options.random ?? systemRandom,
      approvers: Object.values(people).map(({ approver }) => approver),
      alert: (message) => alerts.push(message),
    });
  };
  onTestFinished(() => database?.close());
  let authority = await open();
  await authority.adopt(wallet, policyText(network, options.policy));
  const { address } = wallet;
  const networkId = NETWORK_IDS[network];
  const known = (changes: Partial<LedgerFacts> = {}) => facts({ networkId, ...changes });
  const tx = (fields: JsonObject): string => encode({ Account: address, ...fields });
  const pay = (drops: bigint, fields: JsonObject = {}): string =>
    tx({ TransactionType: 'Payment', Destination: BOB, Amount: drops.toString(), ...fields });
  const askOf = (blob: string, changes: Partial<Parameters<typeof ask>[1]> = {}) => ({
    network,
    address,
    principal: 'agent-1',
    blob,
    facts: known(),
    context: null,
    ...changes,
  });
  function ask(
    blob: string,
    changes: Partial<{
      facts: LedgerFacts | null;
      context: string | null;
      approvalId: string | null;
      principal: string;
      address: string;
      network: Network;
    }> = {},
  ) {
    return authority.answer('sign.request', { ...askOf(blob, changes), approvalId: changes.approvalId ?? null });
  }
  return {
    ...people,
    alerts,
    clock,
    keys,
    key,
    log,
    path,
    wallet,
    address,
    network,
    facts: known,
    tx,
    pay,
    ask,
    check: (blob: string, changes: Parameters<typeof ask>[1] = {}) => {
      const { approvalId: _, ...rest } = changes;
      return authority.answer('sign.check', askOf(blob, rest));
    },
    get authority() {
      return authority;
    },
    get database() {
      return database!;
    },
    status: (approvalId: string, given: LedgerFacts | null = known()) =>
      authority.answer('approval.status', { approvalId, facts: given }).then(({ approval }) => approval),
    show: (approvalId: string) => authority.answer('approvals.show', { approvalId }),
    approve: async (person: Person, approvalId: string) => {
      const { request } = await authority.answer('approvals.show', { approvalId });
      return authority.answer('approvals.approve', { approvalId, ...person.over('approve', request.over) });
    },
    deny: async (person: Person, approvalId: string, reason = 'not this one') => {
      const { request } = await authority.answer('approvals.show', { approvalId });
      return authority.answer('approvals.deny', { approvalId, ...person.over('deny', request.over), reason });
    },
    /** As after a crash: nothing of the process is left. */
    restart: async () => {
      authority = await open();
      return authority;
    },
  };
}

export type Rig = Awaited<ReturnType<typeof rig>>;

export function memo(data: string): JsonObject {
  return { Memo: { MemoData: Buffer.from(data, 'utf8').toString('hex').toUpperCase() } };
}

export function code(name: string) {
  return { code: name };
}
