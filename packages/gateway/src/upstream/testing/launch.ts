import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ChildLike } from '../stdio/child.ts';

export const RAW_SERVER = fileURLToPath(new URL('./raw-server.mjs', import.meta.url));

/** An unsandboxed child in a process group of its own, in the sandbox's shape. For tests only. */
export function launchNode(script: string, ...args: string[]): Promise<ChildLike> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'pipe', detached: true });
  const exited = new Promise<{ code: number | null; signal: string | null; reason: string }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal, reason: 'exited' }));
  });
  return Promise.resolve({
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    async kill() {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {} // gone already
      await exited;
    },
    beginOperation: () => () => {},
  });
}

/** Whether a process lives; one that is dead but not yet waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
