/**
 * Why a value was refused. The first word names the layer (XR-VAL-5): `SCHEMA_` its form, `BUSINESS_` what it means to the
 * tool, `CRYPTO_` a checksum or signature inside it.
 */
export type SchemaFaultCode =
  /** The schema itself is refused: malformed, too big, remote references, a pattern that cannot be run safely. */
  | 'SCHEMA_UNUSABLE'
  /** A member that the schema closes off, or, in strict mode, does not name. */
  | 'SCHEMA_UNKNOWN_PROPERTY'
  | 'SCHEMA_MISMATCH'
  /** Text with characters that whoever approves the call could not see (XR-VAL-4). */
  | 'SCHEMA_HIDDEN_CHARACTERS'
  | 'SCHEMA_TEXT_TOO_LONG';

export interface ValueProblem {
  /** JSON Pointer (RFC 6901) from the value's root. */
  readonly pointer: string;
  /** The schema keyword or check that failed. */
  readonly keyword: string;
}

/** Holds places and keywords, never values. */
export interface SchemaFault {
  readonly code: SchemaFaultCode;
  readonly problems: readonly ValueProblem[];
}

export function schemaFault(code: SchemaFaultCode, ...problems: readonly ValueProblem[]): SchemaFault {
  return { code, problems };
}
