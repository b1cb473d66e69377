import type { SignedIn } from '../sign-in/sign-in.ts';

/** A wallet of a person. */
export interface LinkedWallet {
  /** CAIP-10, canonical. */
  readonly account: string;
  /** How it proved itself when it was linked. */
  readonly proof: SignedIn['proof'];
  /** ms since the epoch. */
  readonly linkedAt: number;
}

/** A passkey of a person; the key itself is in the passkey store. */
export interface LinkedPasskey {
  /** base64url. */
  readonly credentialId: string;
  readonly label: string;
  readonly linkedAt: number;
}

/** One human being, as far as we know: the wallets and passkeys that sign in as them. */
export interface Person {
  /** UUID. */
  readonly id: string;
  readonly createdAt: number;
  /** Never empty. */
  readonly wallets: readonly LinkedWallet[];
  readonly passkeys: readonly LinkedPasskey[];
  /** Rises with each change: stores compare and set. */
  readonly revision: number;
}

/** Everything that is this one person, for ownership: the id and every account. */
export function identitiesOf(person: Person): readonly string[] {
  return [person.id, ...person.wallets.map(({ account }) => account)];
}

export function hasWallet(person: Person, account: string): boolean {
  return person.wallets.some((wallet) => wallet.account === account);
}
