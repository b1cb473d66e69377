import type { Clock } from '@wardmesh/core';
import { SCHEDULE_TICK_MS, VERIFY_INTERVAL_MS } from '../limits.ts';
import type { AuditLog } from '../log/log.ts';
import type { AlertSink } from '../ports.ts';

/**
 * Whether the log must be verified now (XR-AUD-6). A `last` in the future is a clock that was set back: due.
 * @param last when it was last verified and found good, ms; 0 for never
 */
export function verificationDue(last: number, now: number, intervalMs: number = VERIFY_INTERVAL_MS): boolean {
  return last > now || now - last >= intervalMs;
}

export interface ScheduleOptions {
  readonly log: AuditLog;
  readonly clock: Clock;
  readonly alert: AlertSink;
  readonly intervalMs?: number;
  readonly tickMs?: number;
}

/** Verifies when due, and tells the operator of damage and of verifications that could not run. */
export class VerificationSchedule {
  readonly #options: ScheduleOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<boolean> | undefined;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.tick(), this.#options.tickMs ?? SCHEDULE_TICK_MS).unref();
    void this.tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Verifies if due. @returns whether it did; one verification runs at a time */
  tick(): Promise<boolean> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<boolean> {
    const { log, clock, alert, intervalMs } = this.#options;
    if (!verificationDue(log.verifiedAt, clock.now(), intervalMs)) return false;
    try {
      // The log itself tells of damage.
      await log.verify();
      return true;
    } catch (cause) {
      alert({
        type: 'audit.verification_failed',
        message: 'the log could not be verified',
        details: { cause: String(cause) },
      });
      return false;
    }
  }
}
