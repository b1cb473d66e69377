import { type Clock, isCoded } from '@wardmesh/core';
import type { ProcessStatus } from '@wardmesh/gateway';
import { BREAKER_REST_MS, CRASH_WINDOW_MS, MAX_CRASHES, RESTART_CAP_MS, RESTART_FIRST_MS } from './limits.ts';

/** A process that runs. */
export interface Running {
  readonly pid: number;
  readonly address?: string;
  /** Resolves, with the reason in words, when it is gone. Never rejects. */
  readonly exited: Promise<string>;
  /** Ends it; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Told of every start, crash and opened breaker. */
export type ProcessTold = (event: 'start' | 'crash' | 'breaker', fields: Readonly<Record<string, unknown>>) => void;

export interface KeepRunningOptions {
  readonly name: string;
  /** One attempt. @throws where it did not come up; nothing of it is left running then */
  readonly start: () => Promise<Running>;
  readonly told: ProcessTold;
  readonly clock: Clock;
  /** Waits, or less long where `signal` aborts. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Keeps one process running: a crash is told and answered with a start after a pause that doubles; a crash loop opens the
 * breaker, which rests for minutes between tries. A start that fails counts as a crash.
 */
export class KeepRunning {
  readonly #options: KeepRunningOptions;
  readonly #sleep: NonNullable<KeepRunningOptions['sleep']>;
  readonly #stopping = new AbortController();
  #state: ProcessStatus['state'] = 'starting';
  #running: Running | undefined;
  #error: ProcessStatus['error'];
  #starts = 0;
  #crashes: number[] = [];
  #loop: Promise<void> = Promise.resolve();

  constructor(options: KeepRunningOptions) {
    this.#options = options;
    this.#sleep = options.sleep ?? pause;
  }

  /** Resolves after the first attempt, whether it came up or not. */
  async begin(): Promise<void> {
    const first = Promise.withResolvers<void>();
    this.#loop = this.#run(first.resolve);
    await first.promise;
  }

  status(): ProcessStatus {
    const running = this.#running;
    return {
      name: this.#options.name,
      state: this.#state,
      restarts: Math.max(0, this.#starts - 1),
      ...(running && { pid: running.pid }),
      ...(running?.address !== undefined && { address: running.address }),
      ...(running === undefined && this.#error && { error: this.#error }),
    };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#loop;
    this.#state = 'stopped';
  }

  async #run(attempted: () => void): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const fault = await this.#once(attempted);
      attempted();
      if (signal.aborted) return;
      await this.#sleep(this.#afterCrash(fault), signal);
    }
  }

  /** One life. @returns why it ended or did not begin */
  async #once(attempted: () => void): Promise<NonNullable<ProcessStatus['error']>> {
    const { start, told } = this.#options;
    this.#state = 'starting';
    this.#starts += 1;
    try {
      const running = await start();
      if (this.#stopping.signal.aborted) {
        await running.stop();
        return { code: 'STOPPED', message: 'stopped' };
      }
      this.#running = running;
      this.#state = 'running';
      // The port alone: the log takes addresses for those of people.
      const port = running.address && new URL(running.address).port;
      told('start', { process: running.pid, ...(port && { port: Number(port) }) });
      attempted();
      const message = await running.exited;
      return { code: 'PROCESS_ENDED', message };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { code: isCoded(error) ? error.code : 'PROCESS_NOT_STARTED', message };
    } finally {
      this.#running = undefined;
    }
  }

  /** @returns how long to wait before the next attempt, ms */
  #afterCrash(error: NonNullable<ProcessStatus['error']>): number {
    const { told, clock } = this.#options;
    const now = clock.monotonic();
    this.#error = error;
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    const count = this.#crashes.length;
    const isLoop = count >= MAX_CRASHES;
    const wait = isLoop ? BREAKER_REST_MS : Math.min(RESTART_CAP_MS, RESTART_FIRST_MS * 2 ** (count - 1));
    this.#state = isLoop ? 'broken' : 'backing-off';
    told(isLoop ? 'breaker' : 'crash', { code: error.code, reason: error.message, again: `in ${wait / 1_000} s` });
    return wait;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
