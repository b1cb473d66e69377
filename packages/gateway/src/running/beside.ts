import type { WardConfig } from '../config/index.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';

/** A process that runs beside the gateway for its servers: the signer, the local ledger. */
export interface ProcessStatus {
  readonly name: string;
  /** `refused`: it cannot run on this machine or with this home, and is not tried again. `broken`: it ended too often. */
  readonly state: 'starting' | 'running' | 'backing-off' | 'broken' | 'refused' | 'stopped';
  readonly pid?: number;
  /** Times it was started again. */
  readonly restarts: number;
  /** Where it is reached, for people. */
  readonly address?: string;
  /** Why it is not running. */
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface Beside {
  status(): readonly ProcessStatus[];
  /** Ends them; resolves when they are gone. */
  stop(): Promise<void>;
}

/**
 * Starts what runs beside a gateway: after the home is this process's own, so that two starts never meet, and before any
 * server that may need it. What cannot run is told in its status; the gateway serves without it.
 */
export type StartBeside = (opened: {
  /** Absolute path. */
  readonly home: string;
  readonly config: WardConfig;
  readonly log: OperatorLog;
}) => Promise<Beside>;

export const NOTHING_BESIDE: Beside = { status: () => [], stop: () => Promise.resolve() };
