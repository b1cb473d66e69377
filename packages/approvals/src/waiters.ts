import { ApprovalError } from './error.ts';
import { MAX_WAITERS } from './limits.ts';

/** Wakes whoever waits for a request to change; each looks for itself at what changed. */
export class Waiters {
  readonly #waiting = new Map<string, Set<() => void>>();
  #count = 0;

  wake(id: string): void {
    for (const resume of [...(this.#waiting.get(id) ?? [])]) resume();
  }

  /** Resolves on a wake or after `milliseconds`. @throws ApprovalError APPROVAL_WAIT_ENDED on abort or with too many waiting */
  async pause(id: string, milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) throw left(signal);
    if (this.#count >= MAX_WAITERS) throw new ApprovalError('APPROVAL_WAIT_ENDED', 'too many clients are waiting');
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        waiting.delete(resume);
        this.#count--;
        if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const resume = () => {
        leave();
        resolve();
      };
      const onAbort = () => {
        leave();
        reject(left(signal!));
      };
      this.#count++;
      waiting.add(resume);
      const timer = setTimeout(resume, milliseconds);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}

function left(signal: AbortSignal): ApprovalError {
  return new ApprovalError('APPROVAL_WAIT_ENDED', 'the client stopped waiting', { cause: signal.reason });
}
