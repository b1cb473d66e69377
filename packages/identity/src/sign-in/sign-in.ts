import { type Clock, err, ok, type Random, type Result } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import { accountId } from '../account/caip.ts';
import { padFailure } from '../constant-time.ts';
import { IdentityError } from '../error.ts';
import {
  CLOCK_SKEW,
  CONTRACT_FAILURE_TIME,
  FAILURE_TIME,
  MAX_CONTRACT_QUESTIONS,
  MAX_SIGNATURE_LENGTH,
} from '../limits.ts';
import { type ChallengeAsk, isOurs, makeChallenge, type SignInChallenge, type SignInPurpose } from './challenge.ts';
import { askContractWallets, type ContractWallets } from './ethereum/contract-wallet.ts';
import { type MessageFault, parseMessage, type SignInMessage } from './message.ts';
import type { AuthenticationLockout, SingleUse, Sleep } from './ports.ts';
import type { WalletSignature } from './wallet-kind.ts';
import { kindOf } from './wallet-message.ts';

/** What comes back from a wallet. */
export interface SignInProof extends WalletSignature {
  /** CAIP-2. */
  readonly chain: string;
  /** The exact text that was signed. */
  readonly message: string;
  /** The account the wallet says it used; where given it must be the message's. */
  readonly address?: string;
}

/** What the flow that receives a proof knows. All of it must be what the message says. */
export interface SignInContext {
  readonly domain: string;
  readonly uri: string;
  /** Where the attempt comes from, for the lockout. */
  readonly source: string;
  /** Default `sign-in`. */
  readonly purpose?: SignInPurpose;
  /** Must equal the message's Request ID, also where it is undefined. */
  readonly requestId?: string;
}

/** A sign-in that held. */
export interface SignedIn {
  /** CAIP-10, canonical spelling. */
  readonly account: string;
  readonly purpose: SignInPurpose;
  readonly requestId?: string;
  /** `contract`: a node said so (ERC-1271). Weaker than `key`: refuse it for what a lying node must not reach. */
  readonly proof: 'key' | 'contract';
  readonly nonce: string;
  /** When it was checked, ms since the epoch. */
  readonly at: number;
}

/** Why a sign-in was refused: for the operator's log only. */
export type SignInFault =
  | MessageFault
  | 'chain'
  | 'oversized'
  | 'domain mismatch'
  | 'URI mismatch'
  | 'request mismatch'
  | 'address mismatch'
  | 'not ours'
  | 'future'
  | 'expired'
  | 'signature'
  | 'replayed';

export interface SignInOptions {
  /** Seals challenges. Replicas share it; a new one voids the challenges in flight. */
  readonly key: HmacKey;
  readonly domains: readonly string[];
  /** CAIP-2. */
  readonly chains: readonly string[];
  readonly nonces: SingleUse;
  readonly lockout: AuthenticationLockout;
  /** Nodes that speak for contract wallets. All must agree. */
  readonly contractWallets?: readonly ContractWallets[];
  /**
   * Whether an account (CAIP-10) may sign in on the nodes' word: one the operator named, or one without a role that
   * matters. Default: none may, for nodes that lie could sign in as everybody, admins with a key of their own included.
   */
  readonly mayBeContract?: (account: string) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Waits by the monotonic clock. */
  readonly sleep: Sleep;
}

/** Sign-in with wallets: Solana, Ethereum (also contract wallets), XRPL and Sui (CM-AUTH-1, CM-AUTH-3). */
export class SignIn {
  readonly #options: SignInOptions;
  #questions = 0;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /** A message to sign. Stateless: a flood of these fills nothing. @throws IdentityError IDENTITY_CHALLENGE_INVALID */
  challenge(ask: ChallengeAsk): SignInChallenge {
    return makeChallenge(this.#options, ask);
  }

  /**
   * Who signed. Every refusal has one code and takes the same time; `details.reason` has a {@link SignInFault}.
   * @throws IdentityError IDENTITY_SIGN_IN_REFUSED, IDENTITY_LOCKED, IDENTITY_UNAVAILABLE
   */
  async verify(proof: SignInProof, context: SignInContext): Promise<SignedIn> {
    const { clock, lockout, sleep } = this.#options;
    const start = clock.monotonic();
    try {
      const allowed = lockout.check(context.source, clock.now());
      if (!allowed.allowed) throw locked(allowed.retryAfter);
      const checked = await this.#check(proof, context);
      if (!checked.ok) {
        await lockout.fail(context.source, clock.now());
        throw refused(checked.error);
      }
      await lockout.succeed(context.source, clock.now());
      return checked.value;
    } catch (cause) {
      await padFailure(clock, sleep, start, this.#failureTime(proof));
      if (cause instanceof IdentityError) throw cause;
      throw new IdentityError('IDENTITY_UNAVAILABLE', 'sign-in is not available now', { cause });
    }
  }

  async #check(proof: SignInProof, context: SignInContext): Promise<Result<SignedIn, SignInFault>> {
    const { key, chains, clock, nonces } = this.#options;
    if (typeof proof?.signature !== 'string' || proof.signature.length > MAX_SIGNATURE_LENGTH) return err('oversized');
    const found = chains.includes(proof.chain) ? kindOf(proof.chain) : undefined;
    if (found === undefined || typeof proof.message !== 'string') return err('chain');
    const parsed = parseMessage(found.kind.word, proof.message);
    if (!parsed.ok) return parsed;
    const message = parsed.value;
    const purpose = context.purpose ?? 'sign-in';
    const fault = this.#mismatch(message, proof, context, found.kind.address(message.address), found.chainLine);
    if (fault !== undefined) return err(fault);
    if (!isOurs(key, purpose, proof.chain, message)) return err('not ours');
    const now = clock.now();
    if (Date.parse(message.issuedAt) > now + CLOCK_SKEW) return err('future');
    const expires = Date.parse(message.expirationTime);
    if (now >= expires) return err('expired');

    const byKey = found.kind.verify(message.address, proof.message, proof);
    if (!byKey && !(await this.#askContract(proof, message))) return err('signature');
    // Only what verified is remembered, or anybody could fill the table. Kept a little longer than it can be shown.
    if (!(await nonces.use(`sign-in:${message.nonce}`, expires + CLOCK_SKEW))) return err('replayed');
    return ok({
      account: accountId(proof.chain, message.address),
      purpose,
      ...(message.requestId !== undefined && { requestId: message.requestId }),
      proof: byKey ? 'key' : 'contract',
      nonce: message.nonce,
      at: now,
    });
  }

  #mismatch(
    message: SignInMessage,
    proof: SignInProof,
    context: SignInContext,
    canonicalAddress: string | undefined,
    chainLine: string,
  ): SignInFault | undefined {
    if (message.domain !== context.domain || !this.#options.domains.includes(message.domain)) return 'domain mismatch';
    if (message.uri !== context.uri) return 'URI mismatch';
    if (message.chainId !== chainLine) return 'chain';
    if (message.requestId !== context.requestId) return 'request mismatch';
    if (canonicalAddress !== message.address) return 'address mismatch';
    if (proof.address !== undefined && proof.address !== message.address) return 'address mismatch';
    return undefined;
  }

  async #askContract(proof: SignInProof, message: SignInMessage): Promise<boolean> {
    if (!this.#mayAskContract(proof) || this.#questions >= MAX_CONTRACT_QUESTIONS) return false;
    const { contractWallets = [], mayBeContract, sleep } = this.#options;
    const { chainId, address } = message;
    if (mayBeContract?.(accountId(proof.chain, address)) !== true) return false;
    this.#questions++;
    try {
      return await askContractWallets(contractWallets, chainId, address, proof.message, proof.signature, sleep);
    } finally {
      this.#questions--;
    }
  }

  #mayAskContract(proof: SignInProof): boolean {
    return (this.#options.contractWallets?.length ?? 0) > 0 && String(proof?.chain).startsWith('eip155:');
  }

  #failureTime(proof: SignInProof): number {
    return this.#mayAskContract(proof) ? CONTRACT_FAILURE_TIME : FAILURE_TIME;
  }
}

function refused(reason: SignInFault): IdentityError {
  return new IdentityError('IDENTITY_SIGN_IN_REFUSED', 'the sign-in was refused', {
    hint: 'ask for a new challenge and sign it with the wallet it names',
    details: { reason },
  });
}

function locked(retryAfter: number | undefined): IdentityError {
  return new IdentityError('IDENTITY_LOCKED', 'too many failed sign-ins', {
    ...(retryAfter !== undefined && { retryAfter }),
  });
}
