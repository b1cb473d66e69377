import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { ROOT } from './paths.ts';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the whole process group is killed. Default 10 minutes. */
  readonly timeout?: number;
  /** `show` passes the output on as it comes and keeps a copy; `keep` only keeps it. Default `keep`. */
  readonly output?: 'show' | 'keep';
}

export interface RunResult {
  /** Exit code; 124 where the time ran out, 127 where the program is missing. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MINUTES = 60_000;

/** Runs a program to its end, without a shell and without stdin. Never throws for what the program does. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // its own group, so that a time-out ends its children too
    });
    const parts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        parts[name] += text;
        if (options.output === 'show') process[name].write(text);
      });
    }
    let late = false;
    const timer = setTimeout(
      () => {
        late = true;
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      },
      options.timeout ?? 10 * MINUTES,
    );
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, stdout: parts.stdout, stderr: `${parts.stderr}${error.message}\n` });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 124 : (code ?? 1), ...parts });
    });
  });
}

/** The files git tracks or would track, relative to the checkout, in order. */
export async function trackedFiles(cwd: string = ROOT): Promise<string[]> {
  const { code, stdout, stderr } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd,
  });
  if (code !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  return stdout.split('\0').filter((path) => path !== '' && existsSync(`${cwd}/${path}`));
}
