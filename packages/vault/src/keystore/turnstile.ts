/**
 * One at a time, in the order of asking. So a hundred guesses at once are counted one after the other, the index is
 * never written twice at once, and a flood of unlocks takes the memory of one (T-014).
 */
export class Turnstile {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
