/** A registered passkey. */
export interface Passkey {
  /** base64url. */
  readonly credentialId: string;
  /** The person's id; also the authenticator's user handle. */
  readonly person: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Signatures the authenticator counted; 0 for ever where it does not count, as synced passkeys do not. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Whether it may leave its device, and whether it has. */
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  readonly createdAt: number;
}

/** Durable home of the passkeys. Errors deny. */
export interface PasskeyStore {
  find(credentialId: string): Promise<Passkey | undefined>;
  of(person: string): Promise<readonly Passkey[]>;
  /** Durable when it resolves. Says false where the credential id is taken. */
  add(passkey: Passkey): Promise<boolean>;
  /** Atomic: sets the counter to `to` where it is `from`, and says whether it was. */
  advance(credentialId: string, from: number, to: number): Promise<boolean>;
  remove(credentialId: string): Promise<void>;
}

/** Who relies on the passkeys. */
export interface RelyingParty {
  /** The domain: a passkey of another is never accepted. */
  readonly id: string;
  readonly name: string;
  /** Origins, each exact: scheme, host and port. */
  readonly origins: readonly string[];
}

/** Why a passkey was refused: for the operator's log only. */
export type PasskeyFault =
  | 'malformed'
  | 'challenge'
  | 'expired'
  | 'replayed'
  | 'unknown passkey'
  | 'other person'
  /** The signature, origin, domain, presence or verification of the user did not hold, or the counter went back. */
  | 'not genuine'
  | 'counter'
  | 'attestation'
  | 'taken';

/** A {@link PasskeyStore} of this process alone, for tests and development. */
export class MemoryPasskeyStore implements PasskeyStore {
  readonly #passkeys = new Map<string, Passkey>();

  async find(credentialId: string): Promise<Passkey | undefined> {
    return this.#passkeys.get(credentialId);
  }

  async of(person: string): Promise<readonly Passkey[]> {
    return [...this.#passkeys.values()].filter((passkey) => passkey.person === person);
  }

  async add(passkey: Passkey): Promise<boolean> {
    if (this.#passkeys.has(passkey.credentialId)) return false;
    this.#passkeys.set(passkey.credentialId, passkey);
    return true;
  }

  async advance(credentialId: string, from: number, to: number): Promise<boolean> {
    const passkey = this.#passkeys.get(credentialId);
    if (passkey?.counter !== from) return false;
    this.#passkeys.set(credentialId, { ...passkey, counter: to });
    return true;
  }

  async remove(credentialId: string): Promise<void> {
    this.#passkeys.delete(credentialId);
  }
}
