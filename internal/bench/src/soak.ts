import { startGatewaySubject } from './gateway-subject.ts';
import { CPU_LOAD } from './limits.ts';
import { load } from './load.ts';
import { residentMiB } from './memory.ts';
import { startEchoHttp } from './peers.ts';

/** What a gateway's memory does over many calls. */
export interface SoakReport {
  readonly calls: number;
  readonly errors: number;
  /** Resident memory of the gateway after each round, with the calls so far. */
  readonly memory: readonly { readonly calls: number; readonly residentMiB: number }[];
}

const ROUND_SECONDS = 15;
const CLIENTS = 64;

/** Calls over stdio until that many are answered. Bounded: gives up after `maxRounds`. */
export async function soak(calls: number, onRound: (line: string) => void, maxRounds = 200): Promise<SoakReport> {
  const upstream = await startEchoHttp(CPU_LOAD);
  try {
    const subject = await startGatewaySubject(upstream.target.url);
    try {
      const memory: { calls: number; residentMiB: number }[] = [];
      let done = 0;
      let errors = 0;
      for (let round = 0; round < maxRounds && done < calls; round++) {
        const result = await load({ ...subject.stdio, clients: CLIENTS, seconds: ROUND_SECONDS, warmUpSeconds: 0 });
        done += result.calls;
        errors += result.errors;
        memory.push({ calls: done, residentMiB: (await residentMiB(subject.gateway.pid)) ?? 0 });
        onRound(`${done} calls, ${errors} errors, ${memory.at(-1)!.residentMiB} MiB`);
      }
      return { calls: done, errors, memory };
    } finally {
      await subject.stop();
    }
  } finally {
    await upstream.stop();
  }
}
