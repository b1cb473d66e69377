import type { Grant } from './role-log.ts';

/** Where roles come from: the home's own log now, a contract later. Asked in memory, at every call. */
export interface GrantSource {
  /** Rises with every grant and revocation: what was cached under another number is void. */
  version(): number;
  /** The grants of any of these subjects in force at `now`. */
  grantsOf(subjects: readonly string[], now: number): readonly Grant[];
  /** Calls back after each change: open connections look again. Returns how to stop. */
  subscribe(listener: (version: number) => void): () => void;
}

/** Durable home of the changes. */
export interface RoleEventStore {
  /** Those from sequence `from` on, in order. */
  load(from: number): Promise<readonly unknown[]>;
  /**
   * Stores a change where `sequence` is free and says whether it was: atomic over all processes, durable when it
   * resolves.
   */
  append(sequence: number, signed: unknown): Promise<boolean>;
}
