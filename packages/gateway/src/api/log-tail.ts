import type { AuditEntry } from '@wardmesh/verify';
import { toActivity } from './handlers/activity.ts';
import { MAX_CATCH_UP } from './limits.ts';

/** The log, as far as its end is read. */
export interface TailedLog {
  readonly size: number;
  find(query: { readonly after: number; readonly limit: number }): Promise<AuditEntry[]>;
}

/** One entry, ready to be sent. */
export interface TailEntry {
  readonly sequence: number;
  readonly actor: string | undefined;
  /** JSON. */
  readonly text: string;
}

/** The end of the log for all streams: however many look, each entry is read and written out once. */
export class LogTail {
  readonly #log: TailedLog;
  /** Ascending, without gaps, at most {@link MAX_CATCH_UP}. */
  #recent: readonly TailEntry[] = [];
  #loading: Promise<void> | undefined;

  constructor(log: TailedLog) {
    this.#log = log;
  }

  get size(): number {
    return this.#log.size;
  }

  /** Entries after a sequence number, oldest first; of one that is further behind, the next ones there are. */
  async after(sequence: number): Promise<readonly TailEntry[]> {
    if (this.#log.size > this.#last()) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
    const first = this.#recent[0]?.sequence ?? Number.POSITIVE_INFINITY;
    if (sequence + 1 >= first) return this.#recent.filter((entry) => entry.sequence > sequence);
    return (await this.#log.find({ after: sequence, limit: MAX_CATCH_UP })).map(toTailEntry);
  }

  #last(): number {
    return this.#recent.at(-1)?.sequence ?? 0;
  }

  async #load(): Promise<void> {
    const last = this.#last();
    const after = Math.max(last, this.#log.size - MAX_CATCH_UP);
    const fresh = (await this.#log.find({ after, limit: MAX_CATCH_UP })).map(toTailEntry);
    const known = after === last ? this.#recent : [];
    this.#recent = [...known, ...fresh].slice(-MAX_CATCH_UP);
  }
}

function toTailEntry(entry: AuditEntry): TailEntry {
  return { sequence: entry.sequence, actor: entry.actor.id, text: JSON.stringify(toActivity(entry)) };
}
