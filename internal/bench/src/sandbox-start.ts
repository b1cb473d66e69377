import { spawn } from 'node:child_process';
import { type SandboxProfile, startSandboxed } from '@wardmesh/sandbox';

/** Medians of whole lives (spawn to exit) of a command, bare and in the default sandbox, ms. */
export interface SandboxStart {
  readonly bareMs: number;
  readonly sandboxMs: number;
  readonly addedMs: number;
  /** Runs of each kind. */
  readonly samples: number;
}

export interface SandboxStartBench extends SandboxStart {
  /** The same for a command that does nothing: the cost of the sandbox without a runtime's noise. */
  readonly trivial: SandboxStart;
}

const LIMITS: SandboxProfile['limits'] = {
  memoryBytes: 2 ** 29,
  perOperationBytes: 50 * 2 ** 20,
  processes: 64,
  fileSizeBytes: 2 ** 24,
  openFiles: 256,
  startTimeoutMs: 10_000,
};

/** Interleaves bare and sandboxed starts, so that the machine's other work weighs on both alike. */
export async function benchSandboxStart(samples = 20): Promise<SandboxStartBench> {
  const node = await compare(process.execPath, ['-e', '0'], samples);
  const trivial = await compare('/usr/bin/true', [], samples);
  return { ...node, trivial };
}

async function compare(command: string, args: readonly string[], samples: number): Promise<SandboxStart> {
  const bare: number[] = [];
  const contained: number[] = [];
  await runBare(command, args);
  await runContained(command, args);
  for (let i = 0; i < samples; i++) {
    bare.push(await time(() => runBare(command, args)));
    contained.push(await time(() => runContained(command, args)));
  }
  const bareMs = median(bare);
  const sandboxMs = median(contained);
  return { bareMs, sandboxMs, addedMs: round(sandboxMs - bareMs), samples };
}

function runBare(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { PATH: '/usr/bin' }, stdio: 'pipe' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit ${code}`))));
  });
}

async function runContained(command: string, args: readonly string[]): Promise<void> {
  const profile: SandboxProfile = { command, args, read: [], write: [], env: {}, network: 'none', limits: LIMITS };
  const sandboxed = await startSandboxed(profile, 'bubblewrap');
  const exit = await sandboxed.exited;
  if (exit.code !== 0) throw new Error(`exit ${exit.signal ?? exit.code}`);
}

async function time(work: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const middle = values.length / 2;
  return round((values[Math.floor(middle)]! + values[Math.ceil(middle) - 1]!) / 2);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
