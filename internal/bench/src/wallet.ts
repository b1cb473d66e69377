import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { unwrap } from '@wardmesh/core';
import { decide, emptyUsage, parseUnsigned } from '@wardmesh/wallet';
import { FREE, openSubject, payment, signBare, TIGHT, TIGHT_VOLUME } from './wallet-subject.ts';

/** The signer's decision path beside the bare signature, in one run. */
export interface WalletBench {
  /** Decisions a second over a transaction that was read. */
  readonly decisionsPerSecond: number;
  /** The same with reading it from its bytes. */
  readonly readAndDecidePerSecond: number;
  /** One request at a time, ms. `memory` is the same path on a file system without a disk, where there is one. */
  readonly sign: {
    readonly bare: Times;
    readonly disk: Times;
    readonly memory: Times | null;
    /** Path over bare, medians of this run. */
    readonly ratio: number;
  };
  /** 64 requests at a time. */
  readonly concurrent: { readonly signaturesPerSecond: number; readonly ofBare: number; readonly p99: number };
  /** Many requests at once against a small day's volume. */
  readonly overspend: {
    readonly attempts: number;
    readonly signed: number;
    readonly spentDrops: string;
    readonly allowedDrops: string;
    /** Drops signed for beyond what the policy allows: any but 0 is a fault. */
    readonly overspentDrops: string;
    readonly attemptsPerSecond: number;
  };
}

export interface Times {
  readonly p50: number;
  readonly p99: number;
}

const WARM_UP = 50;
const SINGLE = 300;
const CLIENTS = 64;
const CONCURRENT = 2_000;
const WAVE = 1_000;

export async function benchWallet({ attempts }: { readonly attempts: number }): Promise<WalletBench> {
  const disk = await mkdtemp(join(tmpdir(), 'ward-bench-wallet-'));
  const memory = existsSync('/dev/shm') ? await mkdtemp('/dev/shm/ward-bench-wallet-') : null;
  try {
    const decisions = benchDecisions();
    const bare = benchBare();
    const onDisk = await benchSingle(join(disk, 'single'));
    const inMemory = memory === null ? null : await benchSingle(join(memory, 'single'));
    const concurrent = await benchConcurrent(join(disk, 'concurrent'));
    return {
      ...decisions,
      sign: { bare, disk: onDisk, memory: inMemory, ratio: round(onDisk.p50 / bare.p50) },
      concurrent: {
        signaturesPerSecond: concurrent.perSecond,
        ofBare: round((concurrent.perSecond * bare.p50) / 1_000),
        p99: concurrent.p99,
      },
      overspend: await benchOverspend(join(disk, 'overspend'), attempts),
    };
  } finally {
    await rm(disk, { recursive: true, force: true });
    if (memory !== null) await rm(memory, { recursive: true, force: true });
  }
}

function benchDecisions(): Pick<WalletBench, 'decisionsPerSecond' | 'readAndDecidePerSecond'> {
  const now = Date.now();
  const usage = emptyUsage(now + 3_600_000);
  const blob = payment(1n, { Sequence: 7, LastLedgerSequence: 1_020, Fee: '12' });
  const intent = unwrap(parseUnsigned(blob));
  const context = { account: intent.account, now, ledgerIndex: 1_000 };
  return {
    decisionsPerSecond: perSecond(() => decide(intent, FREE, usage, context)),
    readAndDecidePerSecond: perSecond(() => decide(unwrap(parseUnsigned(blob)), FREE, usage, context)),
  };
}

/** Only the signature, over the same bytes, with the same key. */
function benchBare(): Times {
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + SINGLE; i++) {
    const from = performance.now();
    signBare(i + 7);
    if (i >= WARM_UP) times.push(performance.now() - from);
  }
  return percentiles(times);
}

async function benchSingle(folder: string): Promise<Times> {
  const subject = await openSubject(folder, FREE);
  try {
    const times: number[] = [];
    for (let i = 0; i < WARM_UP + SINGLE; i++) {
      const blob = payment(1n);
      const from = performance.now();
      const answer = await subject.ask(blob);
      if (i >= WARM_UP) times.push(performance.now() - from);
      if (answer.status !== 'approved') throw new Error(`the bench was answered ${answer.status}`);
    }
    return percentiles(times);
  } finally {
    await subject.close();
  }
}

async function benchConcurrent(folder: string): Promise<{ perSecond: number; p99: number }> {
  const subject = await openSubject(folder, FREE);
  try {
    const times: number[] = [];
    let left = CONCURRENT;
    const from = performance.now();
    await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        while (left-- > 0) {
          const start = performance.now();
          const answer = await subject.ask(payment(1n));
          times.push(performance.now() - start);
          if (answer.status !== 'approved') throw new Error(`the bench was answered ${answer.status}`);
        }
      }),
    );
    const seconds = (performance.now() - from) / 1_000;
    return { perSecond: Math.round(times.length / seconds), p99: percentiles(times).p99 };
  } finally {
    await subject.close();
  }
}

/** Everybody wants a different payment of 1 XRP at once; all together may spend {@link TIGHT_VOLUME}. */
async function benchOverspend(folder: string, attempts: number): Promise<WalletBench['overspend']> {
  const subject = await openSubject(folder, TIGHT);
  try {
    let signed = 0;
    let spent = 0n;
    const from = performance.now();
    for (let done = 0; done < attempts; done += WAVE) {
      const wave = Array.from({ length: Math.min(WAVE, attempts - done) }, (_, i) =>
        subject.ask(payment(1_000_000n, { DestinationTag: done + i })),
      );
      for (const answer of await Promise.all(wave)) {
        if (answer.status !== 'approved') continue;
        signed++;
        spent += 1_000_000n + 12n;
      }
    }
    const seconds = (performance.now() - from) / 1_000;
    return {
      attempts,
      signed,
      spentDrops: spent.toString(),
      allowedDrops: TIGHT_VOLUME.toString(),
      overspentDrops: (spent > TIGHT_VOLUME ? spent - TIGHT_VOLUME : 0n).toString(),
      attemptsPerSecond: Math.round(attempts / seconds),
    };
  } finally {
    await subject.close();
  }
}

function perSecond(work: () => unknown, milliseconds = 1_000): number {
  for (let i = 0; i < 2_000; i++) work();
  const from = performance.now();
  let count = 0;
  while (performance.now() - from < milliseconds) {
    for (let i = 0; i < 100; i++) work();
    count += 100;
  }
  return Math.round((count * 1_000) / (performance.now() - from));
}

function percentiles(times: readonly number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return { p50: at(0.5), p99: at(0.99) };
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
