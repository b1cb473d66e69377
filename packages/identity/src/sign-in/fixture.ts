import { systemRandom } from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import { TestClock } from '../clock.fixture.ts';
import type { ChallengeAsk } from './challenge.ts';
import { MemorySingleUse } from './memory-single-use.ts';
import type { AuthenticationLockout } from './ports.ts';
import { SignIn, type SignInContext, type SignInOptions, type SignInProof } from './sign-in.ts';
import { CHAINS, type FakeWallet } from './wallets.fixture.ts';

export const DOMAIN = 'ward.example';
export const URI = 'https://ward.example/sign-in';
export const CONTEXT: SignInContext = { domain: DOMAIN, uri: URI, source: '192.0.2.1' };

/** A lockout that writes down what it is told. */
export class FakeLockout implements AuthenticationLockout {
  readonly calls: string[] = [];
  locked = false;

  check(): { allowed: boolean; retryAfter?: number } {
    return this.locked ? { allowed: false, retryAfter: 60 } : { allowed: true };
  }

  async fail(id: string): Promise<void> {
    this.calls.push(`fail ${id}`);
  }

  async succeed(id: string): Promise<void> {
    this.calls.push(`succeed ${id}`);
  }
}

export interface Scene {
  readonly clock: TestClock;
  readonly lockout: FakeLockout;
  readonly signIn: SignIn;
  /** A proof that holds, with changes to what is asked. */
  prove(wallet: FakeWallet, ask?: Partial<ChallengeAsk>): Promise<SignInProof>;
}

export function setUp(options: Partial<SignInOptions> = {}): Scene {
  const clock = (options.clock as TestClock | undefined) ?? new TestClock();
  const lockout = new FakeLockout();
  const signIn = new SignIn({
    key: new HmacKey(new Uint8Array(32).fill(7)),
    domains: [DOMAIN, 'other.example'],
    chains: CHAINS,
    nonces: new MemorySingleUse(clock),
    lockout,
    clock,
    random: systemRandom,
    sleep: clock.sleep,
    ...options,
  });
  return {
    clock,
    lockout,
    signIn,
    async prove(wallet, ask = {}) {
      const challenge = signIn.challenge({
        domain: DOMAIN,
        uri: URI,
        chain: wallet.chain,
        address: wallet.address,
        ...ask,
      });
      const message = challenge.message as string;
      return { chain: wallet.chain, message, ...(await wallet.sign(message)) };
    },
  };
}
