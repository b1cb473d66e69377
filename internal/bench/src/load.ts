import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { CodedError } from '@wardmesh/core';
import { onCpu } from './cpu.ts';
import type { BenchErrorCode } from './error.ts';
import { CPU_LOAD } from './limits.ts';
import type { LoadOptions, LoadResult } from './raw-load.ts';

export type { LoadOptions, LoadResult, LoadTarget } from './raw-load.ts';

const PROCESS = new URL('./load-process.ts', import.meta.url).pathname;

/**
 * Puts a target under load from a process of its own, on the processor of the load.
 * @throws CodedError BENCH_LOAD_FAILED
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const [command, ...args] = onCpu(CPU_LOAD, [process.execPath, PROCESS]);
  const child = spawn(command as string, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(JSON.stringify(options));
  const [output, problem] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  try {
    return JSON.parse(output) as LoadResult;
  } catch (cause) {
    const code: BenchErrorCode = 'BENCH_LOAD_FAILED';
    throw new CodedError(code, `the load process gave no result: ${problem.slice(0, 2_000)}`, { cause });
  }
}
