import { sandboxError } from '../error.ts';
import { START_ERROR_BYTES } from '../limits.ts';
import type { SandboxBackend, SandboxProfile } from '../profile.ts';
import type { Launch } from './spawn.ts';

/** Waits until the command is about to run. @throws SandboxError SANDBOX_UNAVAILABLE, _START_FAILED, _START_TIMEOUT. */
export async function waitReady(launch: Launch, profile: SandboxProfile, backend: SandboxBackend): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    timer = setTimeout(() => resolve('timeout'), profile.limits.startTimeoutMs);
  });
  const outcome = await Promise.race([launch.ready, timeout]);
  clearTimeout(timer);
  if (outcome === true) return;
  killLaunch(launch);
  if (outcome === 'timeout') {
    throw sandboxError('SANDBOX_START_TIMEOUT', `the sandbox was not ready in ${profile.limits.startTimeoutMs} ms`);
  }
  const words = await readStartError(launch);
  if (backend === 'bubblewrap' && words.includes('bwrap:')) {
    throw sandboxError('SANDBOX_UNAVAILABLE', 'bubblewrap could not make the sandbox', {
      hint: 'Run `ward doctor`: it says what this machine can contain and why not.',
      details: { stderr: words },
    });
  }
  throw sandboxError('SANDBOX_START_FAILED', 'the sandbox ended before its command began', {
    details: { stderr: words },
  });
}

function killLaunch(launch: Launch): void {
  try {
    if (launch.child.pid !== undefined) process.kill(-launch.child.pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

async function readStartError(launch: Launch): Promise<string> {
  let text = '';
  if (launch.child.pid === undefined) return text;
  launch.release();
  for await (const chunk of launch.stderr) {
    text += String(chunk);
    if (text.length > START_ERROR_BYTES) break;
  }
  return text.slice(0, START_ERROR_BYTES);
}

/** Process 1 of the sandbox, as the host numbers it. */
export async function readChildPid(launch: Launch): Promise<number> {
  const pid = /"child-pid":\s*(\d+)/.exec((await launch.status) ?? '')?.[1];
  if (pid === undefined) {
    killLaunch(launch);
    throw sandboxError('SANDBOX_START_FAILED', 'bubblewrap did not name its child');
  }
  return Number(pid);
}
