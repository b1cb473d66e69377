import { generateKeyPairSync, sign } from 'node:crypto';
import { toBase64, toHex, utf8 } from '@wardmesh/core';
import { START, TestClock } from '../clock.fixture.ts';
import { ethereumWallet, type FakeWallet, solanaWallet } from '../sign-in/wallets.fixture.ts';
import { type RoleEvent, roleEventMessage, type SignedRoleEvent } from './event.ts';
import type { RoleEventStore } from './grant-source.ts';
import { LocalGrants, type LocalGrantsOptions } from './local-grants.ts';
import type { Role } from './matrix.ts';

export const HOME = 'home-1';

/** Somebody who signs role changes. */
export interface Signer {
  readonly by: string;
  sign(event: RoleEvent): Promise<SignedRoleEvent>;
}

export function walletSigner(wallet: FakeWallet): Signer {
  return {
    by: `${wallet.chain}:${wallet.address}`,
    sign: async (event) => ({ event, proof: await wallet.sign(roleEventMessage(event)) }),
  };
}

export function operatorSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return {
    by: `operator:${toHex(raw)}`,
    sign: async (event) => ({
      event,
      proof: { signature: toBase64(sign(null, utf8(roleEventMessage(event)), privateKey)) },
    }),
  };
}

export class MemoryRoleEvents implements RoleEventStore {
  events: unknown[] = [];
  fails = false;

  async load(from: number): Promise<readonly unknown[]> {
    if (this.fails) throw new Error('disk');
    return structuredClone(this.events.slice(from));
  }

  async append(sequence: number, signed: unknown): Promise<boolean> {
    if (this.fails) throw new Error('disk');
    if (sequence !== this.events.length) return false;
    this.events.push(structuredClone(signed));
    return true;
  }
}

type Changes = Partial<Extract<RoleEvent, { type: 'grant' }>>;

/** A home with an operator key, an admin and two wallets without a role. */
export async function setUp(options: Partial<LocalGrantsOptions> = {}) {
  const clock = new TestClock();
  const store = new MemoryRoleEvents();
  const operator = operatorSigner();
  const rules = { home: HOME, operator: operator.by };
  const grants = await LocalGrants.open({ store, rules, clock, ...options });
  const [admin, ada, bob] = [ethereumWallet(), solanaWallet(), ethereumWallet()].map(walletSigner) as [
    Signer,
    Signer,
    Signer,
  ];
  let count = 0;
  const grant = (by: Signer, subject: string, role: Role, changes: Changes = {}) =>
    by.sign({
      v: 1,
      type: 'grant',
      home: HOME,
      ...grants.next(),
      time: clock.now(),
      by: by.by,
      id: `grant-${count++}`,
      subject,
      role,
      scope: '*',
      ...changes,
    });
  const revoke = (by: Signer, id: string, changes: Partial<Extract<RoleEvent, { type: 'revoke' }>> = {}) =>
    by.sign({
      v: 1,
      type: 'revoke',
      home: HOME,
      ...grants.next(),
      time: clock.now(),
      by: by.by,
      grant: id,
      ...changes,
    });
  return {
    clock,
    store,
    operator,
    rules,
    grants,
    admin,
    ada,
    bob,
    grant,
    revoke,
    /** Makes the admin one: grant-0. */
    bootstrap: async () => grants.change(await grant(operator, admin.by, 'admin')),
    rolesOf: (signer: Signer) => grants.grantsOf([signer.by], clock.now()).map(({ role }) => role),
  };
}

export { START };
