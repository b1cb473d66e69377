/** What a rule may ask of one transaction. */
export interface RuleFacts {
  readonly destination: string | null;
  /** Spend in drops; null: more than can be said, which is above every number. */
  readonly amount: bigint | null;
  readonly type: string;
  readonly category: string;
  readonly memos: readonly string[];
  readonly memoTypes: readonly string[];
  readonly fee: bigint;
  readonly destinationTag: number | null;
  readonly sourceTag: number | null;
  /** Spent today before this transaction, drops. */
  readonly dayVolume: bigint;
  readonly hourCount: number;
  readonly isNewDestination: boolean;
  readonly currencies: readonly string[];
  readonly issuers: readonly string[];
}
