import { setTimeout as delay } from 'node:timers/promises';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { SandboxProfile } from './profile.ts';
import { startSandboxed } from './start.ts';

const MEBIBYTE = 1_048_576;

function profile(change: Partial<SandboxProfile> = {}): SandboxProfile {
  return {
    command: 'node',
    args: ['-e', '0'],
    read: [],
    write: [],
    env: {},
    network: 'none',
    ...change,
    limits: {
      memoryBytes: 512 * MEBIBYTE,
      perOperationBytes: 50 * MEBIBYTE,
      processes: 64,
      fileSizeBytes: 16 * MEBIBYTE,
      openFiles: 256,
      startTimeoutMs: 10_000,
      ...change.limits,
    },
  };
}

async function output(change: Partial<SandboxProfile>, backend: 'bubblewrap' | 'none' = 'bubblewrap'): Promise<string> {
  const sandboxed = await startSandboxed(profile(change), backend);
  let text = '';
  sandboxed.stdout.on('data', (chunk) => (text += String(chunk)));
  sandboxed.stderr.on('data', (chunk) => (text += String(chunk)));
  const exit = await sandboxed.exited;
  await delay(20);
  return `${text}${JSON.stringify(exit)}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.each(['bubblewrap', 'none'] as const)('a process started with %s', (backend) => {
  test('runs and reports its exit', async () => {
    expect(await output({ args: ['-e', 'console.log(6*7);process.exit(3)'] }, backend)).toBe(
      '42\n{"code":3,"signal":null,"reason":"exit"}',
    );
  });

  test('inherits nothing of our environment', async () => {
    verifies('CM-CONN-3');
    process.env.WARD_CANARY = 'canary-7f3a';
    const text = await output({ args: ['-e', 'console.log(JSON.stringify(process.env))'] }, backend);
    delete process.env.WARD_CANARY;
    expect(text).not.toContain('canary-7f3a');
  });

  test('is gone, children and all, when kill resolves', async () => {
    verifies('XR-EXEC-1');
    const script = `const {spawn}=require('child_process');const c=spawn('sleep',['60']);process.on('SIGTERM',()=>{});console.log(c.pid);setInterval(()=>{},1e3)`;
    const sandboxed = await startSandboxed(profile({ args: ['-e', script] }), backend);
    await new Promise((resolve) => sandboxed.stdout.once('data', resolve));
    await sandboxed.kill();
    expect(await sandboxed.exited).toMatchObject({ reason: 'killed', signal: 'SIGKILL' });
    expect(isAlive(sandboxed.pid)).toBe(false);
  });

  test('is ended when one operation takes more than its share of memory', async () => {
    verifies('XR-EXEC-2');
    const script = `process.stdin.once('data',()=>{globalThis.x=Buffer.alloc(90*1048576,1);setInterval(()=>{},1e3)});console.log('up')`;
    const sandboxed = await startSandboxed(profile({ args: ['-e', script] }), backend);
    await new Promise((resolve) => sandboxed.stdout.once('data', resolve));
    const end = sandboxed.beginOperation();
    sandboxed.stdin.write('go\n');
    expect(await sandboxed.exited).toMatchObject({ reason: 'memory' });
    end();
  });
});
