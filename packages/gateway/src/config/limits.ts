/** Bounds of `ward.yaml` and its reader. Bounds on values stand beside the value in the schema. */

/** Largest `ward.yaml`, bytes. A hundred servers with every tool named take about 100 KiB. */
export const MAX_CONFIG_BYTES = 262_144;
/** Deepest nesting of maps and lists in `ward.yaml`; the schema itself needs eight. */
export const MAX_CONFIG_DEPTH = 16;
/** Most problems reported for one file: a broken file needs a first few, not a thousand. */
export const MAX_PROBLEMS = 20;
/** Most servers of one gateway. Each idle stdio child holds about 56 MB. */
export const MAX_SERVERS = 64;
/** Most tools configured by name for one server. */
export const MAX_TOOLS = 512;
/** Largest file a secret is read from, bytes: a PEM bundle fits, a mistaken path to a data file does not. */
export const MAX_SECRET_BYTES = 65_536;
/** Quiet time after a file event before the file is read, milliseconds: editors write in several steps. */
export const WATCH_DEBOUNCE_MS = 150;
/** Interval of the fallback that polls, where the system grants no file watch, milliseconds. */
export const WATCH_POLL_MS = 1_000;
