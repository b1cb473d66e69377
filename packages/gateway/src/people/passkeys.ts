import { isIP } from 'node:net';
import type { PasskeyVerify } from '@wardmesh/approvals';
import {
  type Clock,
  CodedError,
  isJsonObject,
  type Json,
  parseStrictJson,
  type Random,
  toBase64Url,
  utf8,
} from '@wardmesh/core';
import { HmacKey } from '@wardmesh/crypto';
import {
  type AuthenticationLockout,
  FRESH_SIGN_IN,
  IdentityError,
  isApprovalAssertion,
  type Passkey,
  type PasskeyStore,
  Passkeys,
  type Person,
  type PersonStore,
  People as Persons,
  type RelyingParty,
  type SignedIn,
} from '@wardmesh/identity';
import type { Database } from '@wardmesh/store';
import { passkeyDocuments } from './passkey-documents.ts';
import { personDocuments } from './person-documents.ts';

export type PasskeyErrorCode = 'PASSKEY_UNAVAILABLE' | 'PASSKEY_UNKNOWN' | 'SIGN_IN_NOT_FRESH';

/** A passkey as its person sees it. */
export interface PasskeyView {
  readonly credentialId: string;
  readonly label: string;
  /** Unix ms. */
  readonly addedAt: number;
  readonly transports: readonly string[];
  /** Whether it is copied between the person's devices. */
  readonly synced: boolean;
}

export interface PersonPasskeysOptions {
  readonly database: Pick<Database, 'documents' | 'nonces'>;
  /** 32 bytes: seals challenges, and hides in the database whose passkey is whose. */
  readonly key: Uint8Array;
  readonly lockout: AuthenticationLockout;
  readonly clock: Clock;
  readonly random: Random;
}

/** When and how somebody signed in with a wallet. */
export interface WalletSignedIn {
  /** CAIP-10. */
  readonly account: string;
  /** Unix ms. */
  readonly at: number;
}

const NAME = 'Wardmesh';

/**
 * Passkeys of the people of one home. A passkey is of a person, and a person is their wallets: it signs in as the first
 * of them, has its roles, and approves what that wallet may. It works at one address only, see {@link serveAt}.
 */
export class PersonPasskeys {
  readonly #options: PersonPasskeysOptions;
  readonly #people: PersonStore;
  readonly #persons: Persons;
  readonly #store: PasskeyStore;
  #at: { readonly party: RelyingParty; readonly passkeys: Passkeys } | undefined;

  constructor(options: PersonPasskeysOptions) {
    this.#options = options;
    const names = new HmacKey(options.key);
    const alias = (text: string) => toBase64Url(names.bytes(utf8(`wardmesh name of a document v1\n${text}`)));
    this.#people = personDocuments(options.database, alias);
    this.#persons = new Persons(this.#people, options.clock, options.random);
    this.#store = passkeyDocuments(options.database, this.#people, alias);
  }

  /** From now on passkeys work at this address, and only there. Browsers bind them to names: at an IP address none works. */
  serveAt(url: string): void {
    const { origin, hostname } = new URL(url);
    this.#at = undefined;
    if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
    const { database, key, clock, random } = this.#options;
    const party = { id: hostname, name: NAME, origins: [origin] };
    const passkeys = new Passkeys({
      party,
      key: new HmacKey(key),
      store: this.#store,
      challenges: { use: (id, expires) => database.nonces.use(id, expires, clock.now()) },
      clock,
      random,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
    this.#at = { party, passkeys };
  }

  /** The address passkeys work at; undefined where they work nowhere. */
  get origin(): string | undefined {
    return this.#at?.party.origins[0];
  }

  /** @param account CAIP-10 */
  async list(account: string): Promise<readonly PasskeyView[]> {
    const person = await this.#people.findByAccount(account);
    if (person === undefined) return [];
    const keys = await this.#store.of(person.id);
    return keys.map((key) => viewOf(person, key));
  }

  isFresh({ at }: Pick<WalletSignedIn, 'at'>): boolean {
    const age = this.#options.clock.now() - at;
    return age >= 0 && age < FRESH_SIGN_IN;
  }

  /** What `navigator.credentials.create` needs. @throws CodedError SIGN_IN_NOT_FRESH, PASSKEY_UNAVAILABLE */
  async registrationOptions(by: WalletSignedIn): Promise<object> {
    const { passkeys } = this.#serving();
    const person = await this.#personOf(by);
    this.#persons.assertMayAddPasskey(person, signedIn(by));
    return passkeys.registrationOptions(person.id, by.account);
  }

  /** @throws CodedError SIGN_IN_NOT_FRESH, IDENTITY_PASSKEY_REFUSED, IDENTITY_PERSON_REFUSED, PASSKEY_UNAVAILABLE */
  async add(by: WalletSignedIn, label: string, response: Json): Promise<PasskeyView> {
    const { passkeys } = this.#serving();
    const person = await this.#personOf(by);
    this.#persons.assertMayAddPasskey(person, signedIn(by));
    const passkey = await passkeys.register(person.id, response);
    try {
      const now = await this.#persons.addPasskey(person, signedIn(by), passkey.credentialId, label);
      return viewOf(now, passkey);
    } catch (error) {
      await this.#store.remove(passkey.credentialId);
      throw error;
    }
  }

  /** Ends a passkey: it signs in no more, and what it signed and was not used yet no longer counts. @throws CodedError PASSKEY_UNKNOWN */
  async remove(account: string, credentialId: string): Promise<void> {
    const person = await this.#people.findByAccount(account);
    if (person === undefined || !has(person, credentialId)) {
      throw new CodedError<PasskeyErrorCode>('PASSKEY_UNKNOWN', 'You have no such passkey.');
    }
    await this.#persons.removePasskey(person, credentialId);
    await this.#store.remove(credentialId);
  }

  /** What `navigator.credentials.get` needs to sign in. @throws CodedError PASSKEY_UNAVAILABLE */
  signInOptions(): Promise<object> {
    return this.#serving().passkeys.signInOptions();
  }

  /**
   * Who signed in, as their wallet. @param source where the attempt comes from, for the lockout
   * @throws CodedError IDENTITY_PASSKEY_REFUSED, IDENTITY_LOCKED, IDENTITY_UNAVAILABLE, PASSKEY_UNAVAILABLE
   */
  async signIn(response: Json, source: string): Promise<{ readonly account: string; readonly credentialId: string }> {
    const { passkeys } = this.#serving();
    const { lockout, clock } = this.#options;
    const allowed = lockout.check(source, clock.now());
    if (!allowed.allowed) {
      throw new IdentityError('IDENTITY_LOCKED', 'too many failed sign-ins', {
        ...(allowed.retryAfter !== undefined && { retryAfter: allowed.retryAfter }),
      });
    }
    try {
      const { credentialId } = await passkeys.signIn(response);
      const account = await this.accountOf(credentialId);
      if (account === undefined) throw new IdentityError('IDENTITY_PASSKEY_REFUSED', 'the passkey was refused');
      await lockout.succeed(source, clock.now());
      return { account, credentialId };
    } catch (error) {
      if (error instanceof IdentityError && error.code === 'IDENTITY_PASSKEY_REFUSED') {
        await lockout.fail(source, clock.now());
      }
      throw error;
    }
  }

  /** The wallet (CAIP-10) a passkey stands for; undefined where nobody has it. */
  async accountOf(credentialId: string): Promise<string | undefined> {
    return (await this.#people.findByPasskey(credentialId))?.wallets[0]?.account;
  }

  /** For {@link ApprovalsOptions.passkeyVerify}. */
  readonly verify: PasskeyVerify = async (credentialId, message, assertion, look) => {
    const parsed = parseStrictJson(assertion);
    const person = await this.#people.findByPasskey(credentialId);
    const passkey = await this.#store.find(credentialId);
    if (this.#at === undefined || person === undefined || passkey?.person !== person.id) return false;
    if (!parsed.ok || !isJsonObject(parsed.value) || parsed.value.id !== credentialId) return false;
    const { party, passkeys } = this.#at;
    if (look === 'again') return isApprovalAssertion(party, passkey, parsed.value, message);
    try {
      await passkeys.approve(person.id, message, parsed.value);
      return true;
    } catch {
      return false;
    }
  };

  #serving() {
    if (this.#at !== undefined) return this.#at;
    throw new CodedError<PasskeyErrorCode>('PASSKEY_UNAVAILABLE', 'Passkeys do not work at this address.', {
      hint: 'Browsers bind passkeys to names: give the gateway one with listen.publicUrl in ward.yaml.',
    });
  }

  async #personOf(by: WalletSignedIn): Promise<Person> {
    if (!this.isFresh(by)) {
      throw new CodedError<PasskeyErrorCode>('SIGN_IN_NOT_FRESH', 'You signed in too long ago for this.', {
        hint: 'Sign in with your wallet again; then add the passkey within five minutes.',
      });
    }
    return this.#persons.signedIn(signedIn(by));
  }
}

/** Keys sign in here, never a contract on the word of a node: the gateway asks none. */
function signedIn({ account, at }: WalletSignedIn): SignedIn {
  return { account, purpose: 'sign-in', proof: 'key', nonce: '', at };
}

function has({ passkeys }: Person, credentialId: string): boolean {
  return passkeys.some((passkey) => passkey.credentialId === credentialId);
}

function viewOf({ passkeys }: Person, { credentialId, createdAt, transports, backedUp }: Passkey): PasskeyView {
  const linked = passkeys.find((passkey) => passkey.credentialId === credentialId);
  return {
    credentialId,
    label: linked?.label ?? '',
    addedAt: linked?.linkedAt ?? createdAt,
    transports,
    synced: backedUp,
  };
}
