import { type Clock, type Random, sanitise, uuid } from '@wardmesh/core';
import { IdentityError } from '../error.ts';
import { FRESH_SIGN_IN, MAX_PASSKEYS, MAX_WALLETS } from '../limits.ts';
import type { SignInPurpose } from '../sign-in/challenge.ts';
import type { SignedIn } from '../sign-in/sign-in.ts';
import { hasWallet, type LinkedPasskey, type Person } from './person.ts';
import type { PersonStore } from './store.ts';

export type PersonFault =
  | 'purpose'
  | 'stale'
  /** The two sign-ins were not made for one and the same change. */
  | 'request'
  | 'same wallet'
  | 'not theirs'
  /** A wallet that once signed with its key came back on a node's word: its key must sign. */
  | 'proof'
  /** The wallet or passkey is another person's. */
  | 'taken'
  | 'too many'
  /** The last wallet of a person is never removed. */
  | 'last'
  | 'unknown'
  | 'conflict';

const PASSKEY_LABEL = 64;

/** People, and the changes to what signs in as them. Each change needs fresh signatures made for exactly that change. */
export class People {
  readonly #store: PersonStore;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(store: PersonStore, clock: Clock, random: Random) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
  }

  /** The person of a sign-in; a new one where the wallet is nobody's. A new person has no role. */
  async signedIn(signedIn: SignedIn): Promise<Person> {
    this.#assertFresh(signedIn, 'sign-in');
    const { account, proof } = signedIn;
    for (let tries = 0; tries < 2; tries++) {
      const known = await this.#store.findByAccount(account);
      if (known !== undefined) {
        assertTheirs(known, signedIn);
        return known;
      }
      const now = this.#clock.now();
      const person: Person = {
        id: uuid(this.#random),
        createdAt: now,
        wallets: [{ account, proof, linkedAt: now }],
        passkeys: [],
        revision: 0,
      };
      if (await this.#store.put(person)) return person;
      // Somebody signed in with the same wallet at the same time: theirs counts.
    }
    throw personRefused('conflict');
  }

  /**
   * Adds a wallet: `by` is a wallet the person has, `added` the new one; both signed a `link` message with one request
   * id. @throws IdentityError IDENTITY_PERSON_REFUSED
   */
  async link(person: Person, by: SignedIn, added: SignedIn): Promise<Person> {
    this.#assertPair(by, added, 'link');
    assertTheirs(person, by);
    if (hasWallet(person, added.account)) throw personRefused('taken');
    const owner = await this.#store.findByAccount(added.account);
    if (owner !== undefined && owner.id !== person.id) throw personRefused('taken');
    if (person.wallets.length >= MAX_WALLETS) throw personRefused('too many');
    const { account, proof } = added;
    return this.#put(person, { wallets: [...person.wallets, { account, proof, linkedAt: this.#clock.now() }] });
  }

  /**
   * Removes a wallet: it and one that stays both signed an `unlink` message with one request id. A lost wallet cannot:
   * that is {@link unlinkLost}. @throws IdentityError IDENTITY_PERSON_REFUSED
   */
  async unlink(person: Person, by: SignedIn, removed: SignedIn): Promise<Person> {
    this.#assertPair(by, removed, 'unlink');
    assertTheirs(person, removed);
    return this.#remove(person, by, removed.account);
  }

  /**
   * Removes a wallet that cannot sign any more: one that stays signed, and in its stead an admin, who is not this person.
   * That the second is an admin is for the caller to say (`person:manage`). @throws IdentityError IDENTITY_PERSON_REFUSED
   */
  async unlinkLost(person: Person, by: SignedIn, admin: SignedIn, account: string): Promise<Person> {
    this.#assertPair(by, admin, 'unlink');
    if (hasWallet(person, admin.account)) throw personRefused('same wallet');
    return this.#remove(person, by, account);
  }

  /**
   * Adds a passkey that was registered just now. `by` signed in or signed a `link` message in the last minutes: what the
   * passkey itself answered names this house, so the wallet need not sign twice. @throws IdentityError
   * IDENTITY_PERSON_REFUSED
   */
  async addPasskey(person: Person, by: SignedIn, credentialId: string, label: string): Promise<Person> {
    this.assertMayAddPasskey(person, by);
    if ((await this.#store.findByPasskey(credentialId)) !== undefined) throw personRefused('taken');
    if (person.passkeys.length >= MAX_PASSKEYS) throw personRefused('too many');
    const passkey: LinkedPasskey = {
      credentialId,
      label: sanitise(label, PASSKEY_LABEL),
      linkedAt: this.#clock.now(),
    };
    return this.#put(person, { passkeys: [...person.passkeys, passkey] });
  }

  /** As {@link addPasskey} asks: for the time before the ceremony. @throws IdentityError IDENTITY_PERSON_REFUSED */
  assertMayAddPasskey(person: Person, by: SignedIn): void {
    this.#assertFresh(by, by.purpose === 'sign-in' ? 'sign-in' : 'link');
    assertTheirs(person, by);
  }

  /**
   * Removes a passkey; the wallets stay, and can add another. It needs no fresh signature: who has lost a device must be
   * fast. @throws IdentityError IDENTITY_PERSON_REFUSED
   */
  async removePasskey(person: Person, credentialId: string): Promise<Person> {
    const passkeys = person.passkeys.filter((key) => key.credentialId !== credentialId);
    if (passkeys.length === person.passkeys.length) throw personRefused('unknown');
    return this.#put(person, { passkeys });
  }

  async #remove(person: Person, by: SignedIn, account: string): Promise<Person> {
    assertTheirs(person, by);
    if (!hasWallet(person, account)) throw personRefused('unknown');
    if (by.account === account || person.wallets.length === 1) throw personRefused('last');
    return this.#put(person, { wallets: person.wallets.filter((wallet) => wallet.account !== account) });
  }

  async #put(person: Person, changes: Partial<Pick<Person, 'wallets' | 'passkeys'>>): Promise<Person> {
    const next: Person = { ...person, ...changes, revision: person.revision + 1 };
    if (!(await this.#store.put(next))) throw personRefused('conflict');
    return next;
  }

  #assertPair(a: SignedIn, b: SignedIn, purpose: SignInPurpose): void {
    this.#assertFresh(a, purpose);
    this.#assertFresh(b, purpose);
    if (a.account === b.account) throw personRefused('same wallet');
    if (a.requestId === undefined || a.requestId !== b.requestId) throw personRefused('request');
  }

  #assertFresh(signedIn: SignedIn, purpose: SignInPurpose): void {
    if (signedIn.purpose !== purpose) throw personRefused('purpose');
    const age = this.#clock.now() - signedIn.at;
    if (!(age >= 0 && age < FRESH_SIGN_IN)) throw personRefused('stale');
  }
}

/** Whether a sign-in speaks for a wallet of the person, in the way that wallet proved itself. */
function assertTheirs(person: Person, { account, proof }: SignedIn): void {
  const wallet = person.wallets.find((each) => each.account === account);
  if (wallet === undefined) throw personRefused('not theirs');
  // Or a node that lies could speak for every wallet there is.
  if (wallet.proof === 'key' && proof !== 'key') throw personRefused('proof');
}

function personRefused(reason: PersonFault): IdentityError {
  return new IdentityError('IDENTITY_PERSON_REFUSED', `the change was refused: ${reason}`, { details: { reason } });
}
