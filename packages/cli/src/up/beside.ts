import type { Clock, Random } from '@wardmesh/core';
import type { Beside, ProcessStatus, StartBeside } from '@wardmesh/gateway';
import { wantsSigner } from '@wardmesh/gateway/config';
import { KeepRunning } from './keep-running.ts';
import { KeepSigner, type StartSigner } from './keep-signer.ts';
import { type LocalLedgerOptions, startLocalLedger } from './local-ledger.ts';

export interface BesideParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Loaded only where a signer is wanted. */
  readonly loadSigner: () => Promise<StartSigner>;
  readonly startLedger?: (options: LocalLedgerOptions) => ReturnType<typeof startLocalLedger>;
}

interface Kept {
  begin(): Promise<void>;
  status(): ProcessStatus;
  stop(): Promise<void>;
}

/** The processes of `ward up` beside the gateway: the local ledger and the signer, as ward.yaml asks for them. */
export function besideGateway(parts: BesideParts): StartBeside {
  return async ({ home, config, log }) => {
    const kept: Kept[] = [];
    const local = config.wallet?.local;
    if (local) {
      const start = parts.startLedger ?? startLocalLedger;
      kept.push(
        new KeepRunning({
          name: 'local ledger',
          start: () => start({ home, port: local.port, closeEveryMs: local.closeEvery }),
          told: (event, fields) => (event === 'start' ? log.info : log.warn)(`ledger.${event}`, fields),
          clock: parts.clock,
        }),
      );
    }
    if (wantsSigner(config)) {
      const { clock, random } = parts;
      kept.push(new KeepSigner({ home, clock, random, log, startSigner: await parts.loadSigner() }));
    }
    await Promise.all(kept.map((process) => process.begin()));
    return handle(kept);
  };
}

function handle(kept: readonly Kept[]): Beside {
  return {
    status: () => kept.map((process) => process.status()),
    // The signer first: what it signed may still be sent while the ledger stands.
    async stop() {
      for (const process of [...kept].reverse()) await process.stop();
    },
  };
}
