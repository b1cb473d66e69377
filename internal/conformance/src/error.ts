/** Every reason the conformance run itself fails for, apart from differences, which are its result. */
export type ConformanceErrorCode =
  /** The suite printed or wrote something this runner does not understand. */
  | 'CONFORMANCE_SUITE_FAILED'
  /** `expected-failures.yaml` is malformed. */
  | 'CONFORMANCE_LIST_INVALID'
  /** A command-line option is not known. */
  | 'CONFORMANCE_USAGE';
