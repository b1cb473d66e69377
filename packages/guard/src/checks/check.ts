import type { Json } from '@wardmesh/core';

/** Layer of a check and so the first word of its fault code (XR-VAL-5). */
export type CheckLayer = 'business' | 'cryptographic';

export type CheckFaultCode =
  | 'BUSINESS_NOT_TEXT'
  | 'BUSINESS_PATH_UNSAFE'
  | 'BUSINESS_URI_INVALID'
  | 'BUSINESS_HOST_INVALID'
  | 'BUSINESS_RANGE'
  | 'BUSINESS_REFUSED'
  | 'CRYPTO_CHECKSUM_INVALID'
  | 'CRYPTO_REFUSED';

export interface CheckFault {
  readonly code: CheckFaultCode;
  /** JSON Pointer of the argument. */
  readonly pointer: string;
  /** Name of the check, as `ward.yaml` spells it. */
  readonly check: string;
}

/** One business or cryptographic check of an argument. Pure; bounded by the size of the value. */
export interface ToolCheck {
  /** Kebab-case name used in `ward.yaml`. */
  readonly name: string;
  readonly layer: CheckLayer;
  /** Undefined where the value passes, else the code. Never throws for any JSON value. */
  check(value: Json): CheckFaultCode | undefined;
}
