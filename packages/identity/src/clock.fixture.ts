import type { Clock } from '@wardmesh/core';

export const START = 1_700_000_000_000;

/** A clock that tests turn; its sleepers wake when it passes their time. */
export class TestClock implements Clock {
  wall = START;
  elapsed = 0;
  #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  pass(milliseconds: number): void {
    this.wall += milliseconds;
    this.elapsed += milliseconds;
    const due = this.#sleepers.filter(({ at }) => at <= this.elapsed);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.elapsed);
    for (const { wake } of due) wake();
  }

  /** Passes the time itself: what sleeps takes no real time. */
  readonly sleep = async (milliseconds: number): Promise<void> => {
    this.pass(milliseconds);
  };

  /** Waits until a test passes the time. */
  readonly sleepUntilPassed = (milliseconds: number): Promise<void> =>
    new Promise((wake) => void this.#sleepers.push({ at: this.elapsed + milliseconds, wake }));
}
