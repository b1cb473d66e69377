/** `untrusted`: written by someone who is not the operator. `private`: must not leave without a person's word. */
export const LABELS = ['private', 'untrusted'] as const;
/** A label of `ward.yaml`: one of {@link LABELS}, or the operator's own word that policies read. */
export type Label = string;

/** What configuration says of a tool. */
export interface ToolFlow {
  /** Whether a call can carry data out of the operator's reach (mail, web, payments). */
  readonly outward: boolean;
  /** Labels that the tool's results get. */
  readonly labels: readonly Label[];
}
