import type { Clock } from '@wardmesh/core';
import { MONITOR_ALONE_MS, MONITOR_BUSY_MS, MONITOR_IDLE_MS } from '../limits.ts';
import type { SandboxLimits } from '../profile.ts';
import type { TreeUsage } from './tree.ts';

/**
 * Holds the memory limits where there is no cgroup, and the limit per operation everywhere (XR-EXEC-2): reads the
 * sandbox's use, and asks for its end when that is over
 *   min(memoryBytes, baseline + perOperationBytes × operations in flight).
 * The baseline is the use when the first operation began; what a finished operation leaves behind (caches, garbage not yet
 * collected) moves into it, so that only memory of operations in flight counts as theirs. A reading is at most
 * MONITOR_BUSY_MS old, so that thousands of calls a second do not each read /proc.
 */
export class MemoryMonitor {
  readonly #limits: SandboxLimits;
  readonly #measure: () => TreeUsage;
  readonly #onBreach: (what: 'memory' | 'tasks') => void;
  readonly #clock: Clock;
  readonly #idleMs: number;
  #inFlight = 0;
  #baseline = 0;
  #reading: TreeUsage = { memoryBytes: 0, tasks: 0 };
  #readAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = 0;
  #stopped = false;

  /** @param hasCgroup whether the kernel holds the totals, so that idle readings may be rare. */
  constructor(
    limits: SandboxLimits,
    clock: Clock,
    hasCgroup: boolean,
    measure: () => TreeUsage,
    onBreach: (what: 'memory' | 'tasks') => void,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#measure = measure;
    this.#onBreach = onBreach;
    this.#idleMs = hasCgroup ? MONITOR_IDLE_MS : MONITOR_ALONE_MS;
    this.#schedule(this.#idleMs);
  }

  /** Bytes allowed now. */
  get allowance(): number {
    if (this.#inFlight === 0) return this.#limits.memoryBytes;
    return Math.min(this.#limits.memoryBytes, this.#baseline + this.#limits.perOperationBytes * this.#inFlight);
  }

  /** Marks an operation in flight; call the answer once when it ends. */
  begin(): () => void {
    if (this.#inFlight === 0) this.#baseline = this.#recent().memoryBytes;
    this.#inFlight++;
    this.#schedule(MONITOR_BUSY_MS);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      // Judged before the slot is given back.
      const use = this.#recent().memoryBytes;
      this.#inFlight--;
      this.#baseline = Math.max(this.#baseline, use - this.#limits.perOperationBytes * this.#inFlight);
    };
  }

  /** Reads and judges now. @returns bytes in use. */
  check(): number {
    this.#reading = this.#measure();
    this.#readAt = this.#clock.monotonic();
    if (!this.#stopped) {
      if (this.#reading.memoryBytes > this.allowance) this.#breach('memory');
      else if (this.#reading.tasks > this.#limits.processes) this.#breach('tasks');
    }
    return this.#reading.memoryBytes;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #recent(): TreeUsage {
    if (!this.#stopped && this.#clock.monotonic() - this.#readAt >= MONITOR_BUSY_MS) this.check();
    return this.#reading;
  }

  #breach(what: 'memory' | 'tasks'): void {
    this.stop();
    this.#onBreach(what);
  }

  /** Makes sure a reading comes within `ms`. */
  #schedule(ms: number): void {
    if (this.#stopped || (this.#timer !== undefined && this.#timerMs <= ms)) return;
    clearTimeout(this.#timer);
    this.#timerMs = ms;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.check();
      this.#schedule(this.#inFlight > 0 ? MONITOR_BUSY_MS : this.#idleMs);
    }, ms);
    this.#timer.unref();
  }
}
