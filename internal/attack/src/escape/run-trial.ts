import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { type SandboxBackend, type SandboxLimits, startSandboxed } from '@wardmesh/sandbox';
import { TRIAL_MS, type Trial } from './attempt.ts';
import type { Scene } from './scene.ts';

const MEBIBYTE = 1_048_576;
const MAX_OUTPUT = 65_536;
/** Time for output and datagrams already sent to arrive, ms. */
const SETTLE_MS = 30;

const LIMITS: SandboxLimits = {
  memoryBytes: 256 * MEBIBYTE,
  perOperationBytes: 50 * MEBIBYTE,
  processes: 48,
  fileSizeBytes: 16 * MEBIBYTE,
  openFiles: 256,
  startTimeoutMs: 10_000,
};

/** Runs a trial in a sandbox. @returns what it printed. */
export async function runContained(
  trial: Trial,
  scene: Scene,
  backend: SandboxBackend,
  options: { readonly cgroupRoot?: null } = {},
): Promise<string> {
  const sandboxed = await startSandboxed(
    {
      command: trial.command,
      args: trial.args,
      read: trial.read ?? [],
      write: trial.write ?? [],
      env: trial.env ?? {},
      network: 'none',
      limits: { ...LIMITS, ...trial.limits },
    },
    backend,
    { wardHome: scene.wardHome, ...options },
  );
  let output = '';
  for (const stream of [sandboxed.stdout, sandboxed.stderr]) {
    stream.on('data', (chunk) => {
      if (output.length < MAX_OUTPUT) output += String(chunk);
    });
  }
  sandboxed.stdin.end();
  await Promise.race([sandboxed.exited, delay(trial.killAfterMs ?? TRIAL_MS, undefined, { ref: false })]);
  await sandboxed.kill();
  await delay(SETTLE_MS);
  return output;
}

/** Runs a trial as any program is started: our environment, our namespaces, no limits. */
export async function runUncontained(trial: Trial, scene: Scene): Promise<string> {
  const child = spawn(trial.command === 'node' ? process.execPath : trial.command, trial.args, {
    cwd: scene.workspace,
    env: { ...process.env, ...trial.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      if (output.length < MAX_OUTPUT) output += String(chunk);
    });
  }
  const exited = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  await Promise.race([exited, delay(trial.killAfterMs ?? TRIAL_MS, undefined, { ref: false })]);
  child.kill('SIGKILL');
  await exited;
  await delay(SETTLE_MS);
  return output;
}
