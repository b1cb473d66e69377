import type { Clock, Random } from '@wardmesh/core';
import { isCoded } from '@wardmesh/core';
import type { OperatorLog, ProcessStatus } from '@wardmesh/gateway';
import type { SignerEnd, SignerLine, SignerProcess, StartSignerOptions } from '@wardmesh/signer';

export type StartSigner = (options: StartSignerOptions) => Promise<SignerProcess>;

export interface KeepSignerOptions {
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: OperatorLog;
  readonly startSigner: StartSigner;
}

/**
 * The signer beside a gateway. It keeps itself running; here stands what becomes of it. Where it cannot be contained it
 * does not run at all: keys are never opened outside a sandbox, and the gateway serves its other servers.
 */
export class KeepSigner {
  readonly #options: KeepSignerOptions;
  #signer: SignerProcess | undefined;
  #error: ProcessStatus['error'];
  #end: SignerEnd | undefined;
  #ended = 0;

  constructor(options: KeepSignerOptions) {
    this.#options = options;
  }

  /** Resolves when it serves, or when it is known that it does not. Never rejects. */
  async begin(): Promise<void> {
    const { home, clock, random, log, startSigner } = this.#options;
    try {
      this.#signer = await startSigner({ home, clock, random, log: (line) => this.#heard(line) });
    } catch (error) {
      this.#error = refusal(error);
      log.security('signer.refused', { code: this.#error.code, reason: this.#error.message, hint: this.#error.hint });
      return;
    }
    log.info('signer.start', { process: this.#signer.pid });
    void this.#signer.exited.then((end) => {
      this.#end = end;
      if (end.reason === 'failed') this.#error = refusal(end.error);
    });
  }

  status(): ProcessStatus {
    const pid = this.#signer?.pid;
    return {
      name: 'signer',
      state: this.#state(),
      restarts: this.#ended,
      ...(pid !== undefined && { pid }),
      ...(this.#error && { error: this.#error }),
    };
  }

  async stop(): Promise<void> {
    await this.#signer?.stop();
  }

  #state(): ProcessStatus['state'] {
    if (this.#signer === undefined) return this.#error === undefined ? 'starting' : 'refused';
    if (this.#end !== undefined) return this.#end.reason === 'failed' ? 'broken' : 'stopped';
    return this.#signer.pid === undefined ? 'backing-off' : 'running';
  }

  #heard({ level, time: _, message, ...fields }: SignerLine): void {
    const { log } = this.#options;
    const said = message === undefined ? fields : { message, ...fields };
    if (message === 'the signer ended') this.#ended += 1;
    if (level === 'info' || level === 'debug') log.info('signer', said);
    else log.security('signer', said);
  }
}

function refusal(error: unknown): NonNullable<ProcessStatus['error']> {
  if (!isCoded(error)) return { code: 'SIGNER_START_FAILED', message: 'the signer did not start' };
  return { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
}
