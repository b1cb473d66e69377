import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Incoming, toAnswer } from './peer.ts';

/** Matches what arrives with what was asked; shared by both kinds of peer. */
export class Mailbox {
  readonly seen: Incoming[] = [];
  readonly noise: string[] = [];
  readonly #waiting = new Map<string | number, (answer: Answer) => void>();
  /** Answers that came before they were asked for: a naive client finds them and is content. */
  readonly #early = new Map<string | number, Answer>();
  #gone: Answer | undefined;

  /** Takes one JSON text, or whatever it is. */
  take(text: string): void {
    let message: Incoming;
    try {
      message = JSON.parse(text) as Incoming;
    } catch {
      this.noise.push(text);
      return;
    }
    if (typeof message !== 'object' || message === null) {
      this.noise.push(text);
      return;
    }
    const { id, method } = message;
    if (method === undefined && id !== undefined && id !== null) {
      const settle = this.#waiting.get(id);
      if (settle) {
        this.#waiting.delete(id);
        settle(toAnswer(message));
        return;
      }
      this.#early.set(id, toAnswer(message));
    }
    this.seen.push(message);
  }

  /** Ends every wait: the other side is gone. */
  end(why: string): void {
    this.#gone = { kind: 'gone', why };
    for (const settle of this.#waiting.values()) settle(this.#gone);
    this.#waiting.clear();
  }

  /** Ends the wait for one id, where it still waits. */
  settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  async wait(id: number, waitMs: number): Promise<Answer> {
    const early = this.#early.get(id);
    if (early) return early;
    if (this.#gone) return this.#gone;
    const abort = new AbortController();
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    const silence = sleep(waitMs, { kind: 'silence' } as const, { signal: abort.signal }).catch(
      () => ({ kind: 'silence' }) as const,
    );
    const answer = await Promise.race([answered, silence]);
    abort.abort();
    this.#waiting.delete(id);
    return answer;
  }
}
