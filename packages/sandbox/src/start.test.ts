import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { testProfile } from '../test/profile.ts';
import { startSandboxed } from './start.ts';

async function output(
  change: Parameters<typeof testProfile>[0],
  backend: 'bubblewrap' | 'none' = 'bubblewrap',
): Promise<string> {
  const sandboxed = await startSandboxed(testProfile(change), backend);
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

  test('keeps output that came before anybody read it', async () => {
    const sandboxed = await startSandboxed(testProfile({ command: 'echo', args: ['quick'] }), backend);
    expect(await sandboxed.stdout.toArray().then(String)).toBe('quick\n');
  });

  test('carries megabytes through its pipes unchanged', async () => {
    const sandboxed = await startSandboxed(testProfile({ command: 'cat', args: [] }), backend);
    const data = Buffer.alloc(5_000_000, 'ward');
    sandboxed.stdin.end(data);
    expect(Buffer.concat(await sandboxed.stdout.toArray()).equals(data)).toBe(true);
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
    const sandboxed = await startSandboxed(testProfile({ args: ['-e', script] }), backend);
    await new Promise((resolve) => sandboxed.stdout.once('data', resolve));
    await sandboxed.kill();
    expect(await sandboxed.exited).toMatchObject({ reason: 'killed', signal: 'SIGKILL' });
    expect(isAlive(sandboxed.pid)).toBe(false);
  });

  test('is ended when one operation takes more than its share of memory', async () => {
    verifies('XR-EXEC-2');
    const script = `process.stdin.once('data',()=>{globalThis.x=Buffer.alloc(90*1048576,1);setInterval(()=>{},1e3)});console.log('up')`;
    const sandboxed = await startSandboxed(testProfile({ args: ['-e', script] }), backend);
    await new Promise((resolve) => sandboxed.stdout.once('data', resolve));
    const end = sandboxed.beginOperation();
    sandboxed.stdin.write('go\n');
    expect(await sandboxed.exited).toMatchObject({ reason: 'memory' });
    end();
  });
});

describe('how a process ended', () => {
  test.each([
    ['by its own signal', ['-e', 'process.kill(process.pid,"SIGSEGV")'], {}, { signal: 'SIGSEGV', reason: 'crash' }],
    ['out of CPU time', ['-e', 'for(;;);'], { cpuSeconds: 1 }, { reason: 'timeout' }],
    [
      'over its memory',
      ['-e', 'push @b, "x" x (1 << 20) while 1'],
      { memoryBytes: 128 * 1_048_576 },
      { reason: 'memory' },
    ],
  ] as const)('%s is told', async (_name, args, limits, exit) => {
    verifies('CM-CONN-3');
    const sandboxed = await startSandboxed(
      testProfile({ command: args[1].startsWith('push') ? 'perl' : 'node', args, limits }),
      'bubblewrap',
    );
    expect(await sandboxed.exited).toMatchObject(exit);
  });

  test('a command that does not exist ends like in a shell', async () => {
    expect(await output({ command: 'no-such-command' })).toContain('"code":127');
  });
});

describe('a sandbox that cannot be made', () => {
  test('is refused, never replaced by something weaker', async () => {
    const start = startSandboxed(testProfile(), 'bubblewrap', { bubblewrapPlaces: ['/nowhere/bwrap'] });
    await expect(start).rejects.toMatchObject({
      code: 'SANDBOX_UNAVAILABLE',
      hint: expect.stringContaining('install'),
    });
  });

  test.each([
    ['0.3.1', '', 'SANDBOX_UNAVAILABLE'],
    ['0.8.0', 'echo "bwrap: No permissions to create new namespace" >&2; exit 1', 'SANDBOX_UNAVAILABLE'],
    ['0.8.0', 'exit 1', 'SANDBOX_START_FAILED'],
    ['0.8.0', 'exec sleep 30', 'SANDBOX_START_TIMEOUT'],
  ])('a bubblewrap %s that does "%s" is answered %s', async (version, behaviour, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'ward-bwrap-'));
    const fake = join(folder, 'bwrap');
    writeFileSync(fake, `#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap ${version} && exit\n${behaviour}\n`);
    chmodSync(fake, 0o755);
    const start = startSandboxed(testProfile({ limits: { startTimeoutMs: 300 } }), 'bubblewrap', {
      bubblewrapPlaces: [fake],
    });
    await expect(start).rejects.toMatchObject({ code });
    rmSync(folder, { recursive: true });
  });
});

describe('another process that starts a sandbox', () => {
  const START = new URL('./start.ts', import.meta.url).href;
  const PROFILE = new URL('../test/profile.ts', import.meta.url).href;
  const script = (body: string): string =>
    `import { startSandboxed } from '${START}'; import { testProfile } from '${PROFILE}'; ${body}`;
  const show = `let text=''; for (const stream of [s.stdout, s.stderr]) stream.on('data', (d) => text += d);
    const exit = await s.exited; setTimeout(() => console.log(text, JSON.stringify(exit)), 30);`;

  test('does not pass on descriptors that it inherited itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ward-leak-'));
    writeFileSync(join(folder, 'secret'), 'leaked-canary');
    const secret = openSync(join(folder, 'secret'), 'r');
    // Far up: Node closes the first few that it inherits by itself.
    const stdio = ['ignore', 'pipe', 'inherit', ...Array<'ignore'>(37).fill('ignore'), secret] as const;
    const run = (body: string): string =>
      String(spawnSync(process.execPath, ['--input-type=module', '-e', body], { stdio: [...stdio] }).stdout);
    const contained = `const s = await startSandboxed(testProfile({ command: 'sh', args: ['-c', 'cat /proc/self/fd/40'] }), 'bubblewrap'); ${show}`;
    expect(run(script(contained))).not.toContain('leaked-canary');
    const control = `import { spawnSync } from 'node:child_process'; console.log(String(spawnSync('sh', ['-c', 'cat /proc/self/fd/40']).stdout))`;
    expect(run(control)).toContain('leaked-canary');
    rmSync(folder, { recursive: true });
  });

  test('takes it along when it is killed', async () => {
    verifies('XR-EXEC-1');
    const folder = mkdtempSync(join(tmpdir(), 'ward-beat-'));
    const beat = `for(;;){require('fs').writeFileSync('${folder}/beat',String(process.hrtime.bigint()));Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,30)}`;
    const body = `await startSandboxed(testProfile({ args: ['-e', ${JSON.stringify(beat)}], write: ['${folder}'] }), 'bubblewrap'); setInterval(() => {}, 1000)`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script(body)], { stdio: 'ignore' });
    const read = (): string => (existsSync(join(folder, 'beat')) ? readFileSync(join(folder, 'beat'), 'utf8') : '');
    while (read() === '') await delay(50);
    parent.kill('SIGKILL');
    await delay(300);
    const last = read();
    await delay(300);
    expect(read()).toBe(last);
    rmSync(folder, { recursive: true });
  });

  const asNobody = (body: string): string =>
    execFileSync(
      '/usr/bin/setpriv',
      ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, '--input-type=module', '-e', body],
      { encoding: 'utf8', env: { PATH: '/usr/bin' }, cwd: '/', stdio: 'pipe' },
    );
  const canBeNobody = ((): boolean => {
    try {
      return process.getuid?.() === 0 && asNobody(script('console.log("up")')).includes('up');
    } catch {
      return false;
    }
  })();

  test.skipIf(!canBeNobody)('may be an ordinary user: tasks and memory are limited without control groups', () => {
    verifies('CM-CONN-3');
    verifies('XR-EXEC-2');
    const bomb = `const {spawn}=require('child_process');let up=0;for(let i=0;i<80;i++){const c=spawn('sleep',['2']);c.on('spawn',()=>up++);c.on('error',()=>{})}setTimeout(()=>{console.log('UP',up);process.exit()},300)`;
    const forked = asNobody(
      script(
        `const s = await startSandboxed(testProfile({ args: ['-e', ${JSON.stringify(bomb)}], limits: { processes: 40 } }), 'bubblewrap'); ${show}`,
      ),
    );
    expect(Number(/UP (\d+)/.exec(forked)?.[1] ?? 0)).toBeLessThan(40);
    const hog = `setTimeout(()=>globalThis.b=Buffer.alloc(90<<20,1),50);setInterval(()=>{},1e3)`;
    const grown = asNobody(
      script(
        `const s = await startSandboxed(testProfile({ args: ['-e', ${JSON.stringify(hog)}] }), 'bubblewrap'); s.beginOperation(); ${show}`,
      ),
    );
    expect(grown).toContain('"reason":"memory"');
  });
});
