/**
 * Where the log's bytes live: flat names of `[a-z0-9.-]`, at most 128 characters, one writer. Every method rejects on failure and then leaves
 * what it did undefined, `writeAtomic` apart.
 */
export interface LogStorage {
  /** Names of all files, in any order. */
  list(): Promise<string[]>;
  /** Length in bytes; rejects for a file that is not there. */
  size(name: string): Promise<number>;
  /** Bytes `from` (0) up to but not including `to` (the end); fewer where the file ends before. */
  read(name: string, from?: number, to?: number): Promise<Uint8Array>;
  /** Adds to the end; creates the file. Need not be durable before `sync`. */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when all appended bytes, and the file's name, outlive a power failure. */
  sync(name: string): Promise<void>;
  /** `append` and `sync` in one, where the storage has a faster way. */
  appendAndSync?(name: string, bytes: Uint8Array): Promise<void>;
  /** Cuts to `length` bytes, durably. */
  truncate(name: string, length: number): Promise<void>;
  /** Replaces the whole file, durably: afterwards, and after any crash, it is the old one or the new one. */
  writeAtomic(name: string, bytes: Uint8Array): Promise<void>;
  /** Deletes, durably. */
  remove(name: string): Promise<void>;
}

/** What a reader gets: no way to write or delete (XR-AUD-5). */
export type ReadableLogStorage = Pick<LogStorage, 'list' | 'size' | 'read'>;

export interface AuditAlert {
  readonly type:
    | 'audit.unavailable'
    | 'audit.available'
    | 'audit.tampered'
    | 'audit.recovered'
    | 'audit.clock_back'
    | 'audit.anchor_failed'
    | 'audit.verification_failed';
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Tells the operator. Must not throw; what it throws is ignored, as the log goes on. */
export type AlertSink = (alert: AuditAlert) => void;
