/** What the page of sign-in needs of identity. */
export interface SignInPort {
  /** Chains a wallet may sign in with, CAIP-2. */
  readonly chains: readonly string[];
  /** A message to sign. @throws CodedError IDENTITY_CHALLENGE_INVALID */
  challenge(ask: {
    readonly chain: string;
    readonly address?: string;
    /** Ties the message to this sign-in. */
    readonly requestId: string;
  }): unknown;
  /**
   * The person who signed, made known where new. @throws CodedError IDENTITY_SIGN_IN_REFUSED, IDENTITY_LOCKED,
   * IDENTITY_UNAVAILABLE
   */
  verify(
    proof: {
      readonly chain: string;
      readonly message: string;
      readonly signature: string;
      readonly address?: string;
      readonly publicKey?: string;
    },
    context: { readonly requestId: string; readonly source: string },
  ): Promise<{ readonly person: string; readonly account: string }>;
}

/** What the gateway asks about people on each request; in memory. */
export interface PeoplePort {
  /** Roles in force now; undefined for someone who may not sign in. */
  rolesOf(person: string): readonly string[] | undefined;
  /** Calls back after each change of anybody's roles. @returns ends that */
  onChanged?(listener: () => void): () => void;
}
