/** Entries in one frame, thus in one write and one sync. */
export const MAX_FRAME_ENTRIES = 1_024;
/** Plaintext of one frame, bytes; a frame of one entry may be larger. */
export const MAX_FRAME_BYTES = 1_048_576;
/** Largest sealed frame that a reader accepts: a full frame and one entry of the largest size. */
export const MAX_SEALED_FRAME_BYTES = 4 * 1_048_576;
/** Largest canonical entry, bytes (also a bound of @wardmesh/verify). */
export { MAX_ENTRY_BYTES } from '@wardmesh/verify';

/** A segment is closed when it reaches this many bytes: what a start reads, and what prune removes, at once. */
export const SEGMENT_BYTES = 16 * 1_048_576;
/** The most an operator may set: a start reads a segment whole. */
export const MAX_SEGMENT_BYTES = 1_024 * 1_048_576;
/** … or this age, milliseconds. */
export const SEGMENT_AGE_MS = 24 * 3_600_000;
/** … or this many frames under its key: far below 2^32 (XR-CRY-2). */
export const SEGMENT_FRAMES = 262_144;

/** Longest time the head anchor stays unsynced, milliseconds. */
export const ANCHOR_SYNC_MS = 1_000;
/** Head records before the head file is rewritten. */
export const ANCHOR_RECORDS = 2_048;

/** Events that may wait for the disk. More means that it cannot keep up: refuse, do not grow. */
export const MAX_QUEUED_EVENTS = 65_536;
/** Actions that may be under way at once; the log remembers each until its outcome. */
export const MAX_OPEN_INTENTS = 65_536;

/** The clock may step back so far before it is recorded, milliseconds (time daemons slew). */
export const CLOCK_BACK_MS = 1_000;

/** Retention (XR-AUD-5; seed §Log Retention): seven years, milliseconds, leap days counted. */
export const RETENTION_MS = (7 * 365 + 2) * 24 * 3_600_000;
/** Verification is due weekly (XR-AUD-6). */
export const VERIFY_INTERVAL_MS = 7 * 24 * 3_600_000;
/** How often the schedule looks at the clock. */
export const SCHEDULE_TICK_MS = 3_600_000;

/** Entries that one `find` returns at most. */
export const MAX_FIND = 10_000;

/** Plaintext of one chunk of a backup, bytes. */
export const BACKUP_CHUNK_BYTES = 1_048_576;
/** Finished backups that a target keeps. Two: while one is replaced, another stands. */
export const BACKUPS_KEPT = 2;

/** How long a commit waits for writers that are known to be on their way, ms: one sync for all costs less than one each. */
export const GATHER_MS = 1;
