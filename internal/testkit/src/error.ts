/** Every reason the test kit fails for. */
export type TestkitErrorCode =
  /** A process ended, or stayed silent, before it said that it is ready. */
  | 'TESTKIT_NOT_READY'
  /** The command line, and so the gateway, does not exist in this checkout. */
  | 'TESTKIT_NO_GATEWAY'
  /** A command that prepares a gateway home failed. */
  | 'TESTKIT_SETUP_FAILED';
