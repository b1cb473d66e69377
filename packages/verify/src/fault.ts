/** Why a receipt, a checkpoint or a proof is refused. `at` names the member or line, never its content. */
export type VerifyFaultCode =
  /** Not the canonical JSON of a receipt of version 1. */
  | 'RECEIPT_MALFORMED'
  /** The receipt's content is not the leaf that it claims. */
  | 'RECEIPT_LEAF_MISMATCH'
  /** The leaf is not in the tree that the checkpoint signs. */
  | 'RECEIPT_PROOF_INVALID'
  /** The checkpoint is not a note of the form of C2SP tlog-checkpoint. */
  | 'RECEIPT_CHECKPOINT_MALFORMED'
  /** The checkpoint's signature is not by the given key. */
  | 'RECEIPT_CHECKPOINT_SIGNATURE'
  /** The receipt is of another log than the one whose key was given. */
  | 'RECEIPT_WRONG_LOG'
  /** No key was given and none is embedded. */
  | 'RECEIPT_NO_KEY'
  /** The given key or witness key is not one. */
  | 'RECEIPT_KEY_MALFORMED'
  /** Fewer witnesses cosigned than were asked for, or a cosignature of a known witness is wrong. */
  | 'RECEIPT_WITNESS_MISSING';

export interface VerifyFault {
  readonly code: VerifyFaultCode;
  readonly message: string;
  readonly at?: string;
}

export function fault(code: VerifyFaultCode, message: string, at?: string): VerifyFault {
  return { code, message, ...(at !== undefined && { at }) };
}
