import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAudit } from '@wardmesh/audit';
import { systemClock, systemRandom } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import { FolderLogStorage } from '@wardmesh/store';
import type { ReceiptBody } from '@wardmesh/verify';

/** What the log does beside what the same disk does with the same batches of bytes. */
export interface AuditBench {
  readonly writers: number;
  readonly entriesPerSecond: number;
  /** Entries that share one sync, mean. */
  readonly entriesPerBatch: number;
  /** The same number of bytes a batch, appended and fdatasynced in a loop: entries that would be. */
  readonly rawEntriesPerSecond: number;
  readonly ofRaw: number;
  /** One writer, waiting for each entry, ms. */
  readonly single: { readonly p50: number; readonly p99: number };
}

const SECONDS = 3;
const HASH = `sha256:${'ab'.repeat(32)}` as const;
const RECEIPT: ReceiptBody = {
  v: 1,
  agent: { id: 'bench', roles: ['agent'], session: 'Vt3JZ0mUq0m1l2o3p4q5r6s7t8u9v0w1' },
  node: { id: 'node-0123456789abcdef' },
  tool: { server: 'echo', name: 'echo', pin: HASH },
  args: { hash: HASH },
  policy: { version: HASH, decision: 'allow', rules: ['read-only'] },
  labels: { in: [], out: ['untrusted'] },
  sandbox: { profile: HASH },
  effect: { status: 'ok', resultHash: HASH },
};

/** Durable entries a second with many writers, and against a raw append-and-fdatasync loop with equal batches. */
export async function benchAudit(writers = 64): Promise<AuditBench> {
  const folder = await mkdtemp(join(tmpdir(), 'ward-bench-log-'));
  try {
    const storage = await FolderLogStorage.open(folder);
    let batches = 0;
    let bytes = 0;
    const counting = new Proxy(storage, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        const method = value.bind(target) as (...args: unknown[]) => unknown;
        if (name !== 'append' && name !== 'appendAndSync') return method;
        return (file: string, chunk: Uint8Array) => {
          if (file.startsWith('segment-') && !file.endsWith('.idx')) {
            batches += 1;
            bytes += chunk.length;
          }
          return method(file, chunk);
        };
      },
    });
    const { log } = await openAudit({
      storage: counting,
      clock: systemClock,
      random: systemRandom,
      keys: {
        hmac: new Uint8Array(32).fill(1),
        seal: new Uint8Array(32).fill(2),
        signing: signingKeyFromSeed(new Uint8Array(32).fill(3)),
      },
      origin: 'bench.example.com/log',
    });
    const write = () =>
      log.append({
        eventType: 'tool.read',
        toolName: 'echo.echo',
        correlationId: 'f0a62187-8c86-4d3d-a3f9-e359f3e1709d',
        actor: { type: 'user', id: 'bench' },
        operation: { name: 'tools/call', parameters: { hash: HASH }, result: 'success', durationMs: 1 },
        receipt: RECEIPT,
      });
    await Promise.all(Array.from({ length: 512 }, write));
    batches = 0;
    bytes = 0;
    let entries = 0;
    const end = performance.now() + SECONDS * 1_000;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: writers }, async () => {
        while (performance.now() < end) {
          await write();
          entries += 1;
        }
      }),
    );
    const seconds = (performance.now() - start) / 1_000;
    const entriesPerBatch = entries / batches;
    const times: number[] = [];
    for (let i = 0; i < 300; i++) {
      const before = performance.now();
      await write();
      times.push(performance.now() - before);
    }
    await log.close();
    await storage.close();
    const rawBatches = await rawLoop(join(folder, 'raw'), Math.round(bytes / batches));
    const rawEntriesPerSecond = rawBatches * entriesPerBatch;
    const entriesPerSecond = entries / seconds;
    times.sort((a, b) => a - b);
    return {
      writers,
      entriesPerSecond: Math.round(entriesPerSecond),
      entriesPerBatch: Number(entriesPerBatch.toFixed(1)),
      rawEntriesPerSecond: Math.round(rawEntriesPerSecond),
      ofRaw: Number((entriesPerSecond / rawEntriesPerSecond).toFixed(3)),
      single: { p50: Number(times[150]!.toFixed(3)), p99: Number(times[296]!.toFixed(3)) },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Appends and fdatasyncs batches of that size one after another. @returns batches a second */
async function rawLoop(path: string, size: number): Promise<number> {
  const file = await open(path, 'a');
  try {
    const batch = Buffer.alloc(size, 'x');
    const start = performance.now();
    let count = 0;
    while (performance.now() - start < SECONDS * 1_000) {
      await file.write(batch);
      await file.datasync();
      count += 1;
    }
    return count / ((performance.now() - start) / 1_000);
  } finally {
    await file.close();
  }
}
