/** Every reason a benchmark itself fails for. */
export type BenchErrorCode =
  /** The load process ended without a result. */
  | 'BENCH_LOAD_FAILED'
  /** The target did not shake hands. */
  | 'BENCH_HANDSHAKE_FAILED'
  /** A peer did not start. */
  | 'BENCH_PEER_FAILED';
