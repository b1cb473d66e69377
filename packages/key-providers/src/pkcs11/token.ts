import { type Clock, isCoded } from '@wardmesh/core';
import { type LockoutPort, type PasswordSource, Turnstile } from '@wardmesh/vault';
import { vaultError } from '../error.ts';
import { CKF_HW_SLOT, CKF_RW_SESSION, CKF_SERIAL_SESSION } from './constants.ts';
import { type Cryptoki, loadCryptoki } from './cryptoki.ts';
import { fromCryptoki, isSessionLost } from './errors.ts';
import { logIn } from './log-in.ts';

export interface TokenOptions {
  /** Path of the vendor's PKCS #11 module. */
  readonly module: string | Cryptoki;
  /** The token's label, without its padding. */
  readonly label: string;
  /** Needed where two tokens have that label. */
  readonly serialNumber?: string;
  /** Asked at each login: the first, and after the session was lost. It may throw VAULT_LOCKED. */
  readonly pin: PasswordSource;
  readonly lockout: LockoutPort;
  readonly clock: Clock;
}

/** A logged-in session, as long as the work lasts that it is given to. */
export interface TokenSession {
  readonly cryptoki: Cryptoki;
  readonly handle: Buffer;
}

/**
 * One token and our one session with it. A token is unlocked as a whole: PKCS #11 logs in a process, not a session
 * (v2.40 §5.6). Work runs one after the other, because a session has one operation at a time.
 */
export class Token {
  readonly #options: TokenOptions;
  readonly #cryptoki: Cryptoki;
  readonly #slot: Buffer;
  readonly #serialNumber: string;
  readonly #work = new Turnstile();
  #session: Buffer | undefined;

  private constructor(options: TokenOptions, cryptoki: Cryptoki, slot: Buffer, serialNumber: string) {
    this.#options = options;
    this.#cryptoki = cryptoki;
    this.#slot = slot;
    this.#serialNumber = serialNumber;
  }

  /** Finds the token and logs in nowhere yet. @throws VAULT_PROVIDER_UNAVAILABLE, VAULT_BAD_INPUT for two of that label */
  static async open(options: TokenOptions): Promise<Token> {
    const cryptoki = typeof options.module === 'string' ? await loadCryptoki(options.module) : options.module;
    try {
      const [slot, serialNumber] = findSlot(cryptoki, options);
      return new Token(options, cryptoki, slot, serialNumber);
    } catch (error) {
      throw fromCryptoki(error);
    }
  }

  /** Whether the module says that the token is hardware: CKF_HW_SLOT. A claim, not a proof. */
  get isHardware(): boolean {
    return this.#told(() => (this.#cryptoki.C_GetSlotInfo(this.#slot).flags & CKF_HW_SLOT) !== 0);
  }

  get manufacturer(): string {
    return this.#told(() => this.#cryptoki.C_GetTokenInfo(this.#slot).manufacturerID.trim());
  }

  /** Numbers of the mechanisms that the token has. */
  get mechanisms(): readonly number[] {
    return this.#told(() => this.#cryptoki.C_GetMechanismList(this.#slot));
  }

  /** Runs `work` in a logged-in session, once more in a new one where the first turns out to be lost. */
  run<T>(work: (session: TokenSession) => Promise<T>): Promise<T> {
    return this.#work.run(async () => {
      const isFresh = this.#session === undefined;
      try {
        return await this.#attempt(work);
      } catch (error) {
        if (isFresh || !isSessionLost(error)) throw fromCryptoki(error);
      }
      try {
        return await this.#attempt(work);
      } catch (error) {
        throw fromCryptoki(error);
      }
    });
  }

  /** Logs out: nothing is signed until the PIN source gives the PIN again. */
  lock(): Promise<void> {
    return this.#work.run(async () => {
      const session = this.#session;
      this.#session = undefined;
      if (session === undefined) return;
      quietly(() => this.#cryptoki.C_Logout(session));
      quietly(() => this.#cryptoki.C_CloseSession(session));
    });
  }

  async #attempt<T>(work: (session: TokenSession) => Promise<T>): Promise<T> {
    this.#session ??= await this.#openSession();
    try {
      return await work({ cryptoki: this.#cryptoki, handle: this.#session });
    } catch (error) {
      // What we refused ourselves left the session whole. After any other fault the next work begins with one of its own:
      // this one may be in the middle of something.
      if (isCoded(error) && error.code !== 'VAULT_PROVIDER_UNAVAILABLE') throw error;
      const session = this.#session;
      this.#session = undefined;
      if (session !== undefined) quietly(() => this.#cryptoki.C_CloseSession(session));
      throw error;
    }
  }

  async #openSession(): Promise<Buffer> {
    const info = this.#cryptoki.C_GetTokenInfo(this.#slot);
    if (info.serialNumber.trim() !== this.#serialNumber) {
      throw vaultError('VAULT_PROVIDER_FAULT', 'there is another token in the slot');
    }
    const session = this.#cryptoki.C_OpenSession(this.#slot, CKF_SERIAL_SESSION | CKF_RW_SESSION);
    try {
      const { pin, lockout, clock } = this.#options;
      await logIn({ cryptoki: this.#cryptoki, handle: session }, info, { pin, lockout, clock });
      return session;
    } catch (error) {
      quietly(() => this.#cryptoki.C_CloseSession(session));
      throw error;
    }
  }

  #told<T>(question: () => T): T {
    try {
      return question();
    } catch (error) {
      throw fromCryptoki(error);
    }
  }
}

function findSlot(cryptoki: Cryptoki, { label, serialNumber }: TokenOptions): [Buffer, string] {
  const found = cryptoki.C_GetSlotList(true).flatMap((slot): [Buffer, string][] => {
    const info = cryptoki.C_GetTokenInfo(slot);
    const serial = info.serialNumber.trim();
    const isAsked = info.label.trim() === label && (serialNumber === undefined || serial === serialNumber);
    return isAsked ? [[slot, serial]] : [];
  });
  if (found.length > 1) {
    throw vaultError('VAULT_BAD_INPUT', `${found.length} tokens have the label ${label}`, {
      hint: 'Name the serial number too.',
    });
  }
  const [only] = found;
  if (only === undefined) {
    throw vaultError('VAULT_PROVIDER_UNAVAILABLE', `no token has the label ${label}`, { hint: 'Is it plugged in?' });
  }
  return only;
}

/** Where the token has gone there is nothing left to close. */
function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // Said by whatever is asked of it next.
  }
}
