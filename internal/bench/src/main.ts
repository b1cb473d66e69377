/**
 * Calls per second and latency of a gateway with everything on, beside the bare server, peers and an SDK pair.
 *
 *     npm run bench -- [--quick] [--only WORD] [--json]
 *     npm run bench -- --soak CALLS [--json]      the gateway's memory over that many calls
 *     npm run bench -- --only wallet --attempts N  the signer alone, with that many attempts to overspend
 *
 * Rounds interleave all targets, so that what else the machine does weighs on all alike; the table shows medians and the
 * ratios of this run. Nothing here passes or fails by time: it exits non-zero only where a target answered wrongly.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isCoded } from '@wardmesh/core';
import type { GatewayUnderTest } from '@wardmesh/testkit/gateway';
import { canPin } from './cpu.ts';
import { startGatewaySubject } from './gateway-subject.ts';
import { readLayers } from './layers.ts';
import {
  ATTEMPTS,
  CLIENTS,
  CPU_LOAD,
  CPU_UNDER_TEST,
  QUICK_ATTEMPTS,
  QUICK_ROUNDS,
  QUICK_SECONDS,
  ROUNDS,
  SECONDS,
  WARM_UP_SECONDS,
} from './limits.ts';
import { load } from './load.ts';
import { residentMiB } from './memory.ts';
import { startEchoHttp, startMcpProxy, startSdkPair, startSupergateway } from './peers.ts';
import type { LoadResult, LoadTarget } from './raw-load.ts';
import { type BenchReport, render } from './report.ts';
import { type Row, toRow } from './rounds.ts';
import { soak } from './soak.ts';
import { benchWallet } from './wallet.ts';

interface Options {
  readonly quick: boolean;
  readonly only: string;
  /** Attempts to overspend a wallet. */
  readonly attempts: number;
}

async function bench({ quick, only, attempts }: Options): Promise<BenchReport> {
  const targets = new Map<string, LoadTarget>();
  const missing: Record<string, string> = {};
  const stops: (() => Promise<void>)[] = [];
  const start = async <T extends { stop(): Promise<void> }>(
    names: readonly string[],
    begin: () => Promise<T>,
    add: (subject: T) => void,
  ): Promise<void> => {
    if (!names.some((name) => name.includes(only))) return;
    try {
      const subject = await begin();
      stops.push(() => subject.stop());
      add(subject);
    } catch (error) {
      for (const name of names) missing[name] = error instanceof Error ? error.message : String(error);
    }
  };

  try {
    const upstream = await startEchoHttp(CPU_LOAD);
    stops.push(() => upstream.stop());
    const simple = (name: string) => (subject: { target: LoadTarget }) => void targets.set(name, subject.target);
    let gateway: GatewayUnderTest | undefined;
    await start(['bare http'], () => startEchoHttp(CPU_UNDER_TEST), simple('bare http'));
    await start(
      ['ward over http', 'ward over stdio'],
      () => startGatewaySubject(upstream.target.url),
      (subject) => {
        targets.set('ward over http', subject.http).set('ward over stdio', subject.stdio);
        gateway = subject.gateway;
      },
    );
    await start(['sdk pair'], () => startSdkPair(upstream.target.url), simple('sdk pair'));
    await start(['mcp-proxy'], startMcpProxy, simple('mcp-proxy'));
    await start(['supergateway'], startSupergateway, simple('supergateway'));

    const before = gateway && (await residentMiB(gateway.pid));
    const rows = await measure(targets, quick);
    const after = gateway && (await residentMiB(gateway.pid));
    const layers = gateway && (await readLayers(gateway.home));
    return {
      node: process.version,
      pinned: canPin(),
      rows,
      ...(layers ? { layers } : {}),
      ...(before !== undefined && after !== undefined ? { memory: { before, after } } : {}),
      ...(await beside('audit.ts', 'benchAudit', 'audit', only)),
      ...(await beside('sandbox-start.ts', 'benchSandboxStart', 'sandboxStart', only)),
      ...(isWanted('wallet', only) && { wallet: await benchWallet({ attempts }) }),
      ...(await beside('identity.ts', 'benchIdentity', 'identity', only)),
      missing,
    };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function measure(targets: ReadonlyMap<string, LoadTarget>, quick: boolean): Promise<readonly Row[]> {
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  const results = new Map<string, LoadResult[]>();
  for (let round = 0; round < (quick ? QUICK_ROUNDS : ROUNDS); round++) {
    for (const clients of CLIENTS) {
      for (const [name, target] of targets) {
        const key = `${name}@${clients}`;
        const result = await load({ ...target, clients, seconds, warmUpSeconds: WARM_UP_SECONDS });
        results.set(key, [...(results.get(key) ?? []), result]);
      }
    }
  }
  return CLIENTS.flatMap((clients) =>
    [...targets.keys()].map((name) => toRow(name, clients, results.get(`${name}@${clients}`) ?? [])),
  );
}

function isWanted(group: string, only: string): boolean {
  return group.includes(only.toLowerCase());
}

/** Runs another benchmark of this folder, where it exists. */
async function beside(module: string, name: string, key: string, only: string): Promise<Record<string, unknown>> {
  const url = new URL(`./${module}`, import.meta.url);
  if (!key.toLowerCase().includes(only.toLowerCase()) || !existsSync(url)) return {};
  const found = (await import(url.href)) as Record<string, (() => Promise<unknown>) | undefined>;
  const run = found[name];
  return run ? { [key]: await run() } : {};
}

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    json: { type: 'boolean' },
    soak: { type: 'string' },
    attempts: { type: 'string' },
  },
});
try {
  if (values.soak !== undefined) {
    const report = await soak(Number(values.soak), (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    process.exit(report.errors === 0 ? 0 : 1);
  }
  const quick = values.quick ?? false;
  const attempts = Number(values.attempts ?? (quick ? QUICK_ATTEMPTS : ATTEMPTS));
  if (!Number.isSafeInteger(attempts) || attempts < 1) throw new RangeError('--attempts is a whole number above 0');
  const report = await bench({ quick, only: values.only ?? '', attempts });
  process.stdout.write(values.json ? `${JSON.stringify(report, undefined, 2)}\n` : render(report));
  process.exitCode =
    report.rows.every(({ errors }) => errors === 0) &&
    Object.keys(report.missing).length === 0 &&
    (report.wallet === undefined || report.wallet.overspend.overspentDrops === '0')
      ? 0
      : 1;
} catch (error) {
  const coded = isCoded(error) ? error.toJSON() : { code: 'INTERNAL', message: String(error) };
  process.stderr.write(`${JSON.stringify(coded)}\n`);
  process.exitCode = 1;
}
