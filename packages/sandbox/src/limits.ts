/** Bounds of the sandbox and its egress proxy. */

const MEBIBYTE = 1_048_576;

/** Memory one operation may add, bytes (seed §Resource Limits: 50 MB; XR-EXEC-2). */
export const PER_OPERATION_BYTES = 50 * MEBIBYTE;
/** How often memory is read while an operation runs, ms. A reading costs about 0.1 ms for a Node server. */
export const MONITOR_BUSY_MS = 50;
/** How often memory is read while nothing runs, ms. */
export const MONITOR_IDLE_MS = 500;
/** The same where no control group holds the totals meanwhile, ms. */
export const MONITOR_ALONE_MS = 100;
/** From SIGTERM to SIGKILL, ms: time for a server to flush; the operation is already answered as stopped. */
export const KILL_GRACE_MS = 500;
/** Age from which an empty control group of a process that is gone is removed, ms. */
export const STALE_CGROUP_MS = 60_000;
/** How often it is looked whether a sandbox is gone, ms. */
export const GONE_POLL_MS = 2;
/** From SIGKILL to giving up on seeing the process gone, ms. */
export const KILL_CONFIRM_MS = 5_000;
/**
 * Address space for private data per process beyond `memoryBytes`, bytes: thread stacks and V8's committed but untouched
 * pages count. It stops a process that outruns the memory monitor where there is no cgroup.
 */
export const DATA_HEADROOM_BYTES = 512 * MEBIBYTE;
/** Size of each of the sandbox's own folders in memory (home, /tmp), bytes. */
export const SCRATCH_BYTES = 64 * MEBIBYTE;
/** Size of /dev/shm, bytes. */
export const SHARED_MEMORY_BYTES = 16 * MEBIBYTE;
/** Standard error kept to explain a failed start, bytes. */
export const START_ERROR_BYTES = 4_096;
/** Longest path of a Unix socket, bytes, without its terminator (unix(7)). */
export const MAX_SOCKET_PATH = 107;
/** Granted paths in one profile. */
export const MAX_GRANTS = 64;
/** Members of `env`. */
export const MAX_ENV = 128;
/** Arguments and their bytes: well under ARG_MAX. */
export const MAX_ARGS = 1_024;
export const MAX_ARG_BYTES = 65_536;
/** Tasks (threads count) that a profile may ask for. Node alone needs 11; with too few it hangs and does not fail. */
export const MIN_PROCESSES = 16;
export const MAX_PROCESSES = 4_096;
/** Egress rules in one profile. */
export const MAX_EGRESS_RULES = 64;

/** Request line and headers of one proxied request, bytes. */
export const EGRESS_HEADER_BYTES = 16_384;
/** Connections one sandbox holds at the proxy. */
export const EGRESS_CONNECTIONS = 64;
/** Bytes one proxied connection may carry each way. */
export const EGRESS_BYTES = 256 * MEBIBYTE;
/** Silence after which a proxied connection is closed, ms. */
export const EGRESS_IDLE_MS = 60_000;
/** Time to resolve and reach an upstream, ms. */
export const EGRESS_CONNECT_MS = 10_000;
/** Longest secret that fits into a header, UTF-16 units. */
export const EGRESS_SECRET_LENGTH = 8_192;
/** Port of the forwarder inside the sandbox, on its own loopback. */
export const FORWARDER_PORT = 3128;
