/** Every error code of this package. */
export type LimitsErrorCode =
  /** A tier or option out of range. */
  | 'LIMITS_CONFIGURATION_INVALID'
  /** The principal's queue is full. */
  | 'LIMITS_CONCURRENCY_EXCEEDED'
  /** No slot came free in time. */
  | 'LIMITS_QUEUE_TIMEOUT'
  /** The caller's signal fired while it waited. */
  | 'LIMITS_QUEUE_ABORTED';
