import type { Person } from './person.ts';

/** Durable home of the people. No account or passkey belongs to two of them: the store's indexes see to it. */
export interface PersonStore {
  get(id: string): Promise<Person | undefined>;
  findByAccount(account: string): Promise<Person | undefined>;
  findByPasskey(credentialId: string): Promise<Person | undefined>;
  /**
   * Atomic compare-and-set: stores `next` where the stored revision is `next.revision - 1` (nothing for 0) and none of its
   * accounts and passkeys is another's. Says whether it did; durable when it resolves.
   */
  put(next: Person): Promise<boolean>;
}

/** A {@link PersonStore} of this process alone, for tests and development. */
export class MemoryPersonStore implements PersonStore {
  readonly #people = new Map<string, Person>();

  async get(id: string): Promise<Person | undefined> {
    return this.#people.get(id);
  }

  async findByAccount(account: string): Promise<Person | undefined> {
    return [...this.#people.values()].find(({ wallets }) => wallets.some((wallet) => wallet.account === account));
  }

  async findByPasskey(credentialId: string): Promise<Person | undefined> {
    return [...this.#people.values()].find(({ passkeys }) => passkeys.some((key) => key.credentialId === credentialId));
  }

  async put(next: Person): Promise<boolean> {
    if ((this.#people.get(next.id)?.revision ?? -1) !== next.revision - 1) return false;
    const taken = [...this.#people.values()].some(
      (other) =>
        other.id !== next.id &&
        (other.wallets.some(({ account }) => next.wallets.some((wallet) => wallet.account === account)) ||
          other.passkeys.some(({ credentialId }) => next.passkeys.some((key) => key.credentialId === credentialId))),
    );
    if (taken) return false;
    this.#people.set(next.id, structuredClone(next));
    return true;
  }
}
