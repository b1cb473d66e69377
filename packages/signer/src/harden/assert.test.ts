import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifies } from '@wardmesh/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { HARDENED } from '../fixture.ts';
import { codeFolders } from '../start/code-folders.ts';
import { signerProfile } from '../start/profile.ts';
import { assertHardened, faultsOf } from './assert.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

describe('a process that is not protected', () => {
  verifies('XR-MEM-2');

  test.each([
    ['no secure heap', { secureHeap: 0 }, 'secure heap'],
    ['a small secure heap', { secureHeap: 1_048_576 }, 'secure heap'],
    ['core dumps', { coreDumps: 'on' }, 'core dumps'],
    ['unknown core dumps', { coreDumps: 'unknown' }, 'core dumps'],
    ['no permission model', { permissions: 'off' }, 'permission model'],
    ['too wide permissions', { permissions: 'too wide' }, 'permission model'],
    ['an inspector', { inspector: 'on' }, 'inspector'],
    ['an inspector at a signal', { inspectorSignal: 'on' }, 'SIGUSR1'],
    ['an option that writes the heap', { foreignOptions: ['--heapsnapshot-signal'] }, '--heapsnapshot-signal'],
  ] as const)('is refused: %s', (_name, fault, words) => {
    expect(faultsOf({ ...HARDENED, ...fault })).toEqual([expect.stringContaining(words)]);
    expect(() => assertHardened({ ...HARDENED, ...fault })).toThrow(
      expect.objectContaining({ code: 'SIGNER_UNPROTECTED' }),
    );
  });

  test('is not refused where nothing is missing', () => {
    expect(() => assertHardened(HARDENED)).not.toThrow();
  });
});

describe('the real process', () => {
  verifies('XR-MEM-2');
  const folder = mkdtempSync(join(tmpdir(), 'sg-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { args } = signerProfile({
    folder,
    approversFile: join(folder, 'approvers.json'),
    hasApprovers: false,
    main: MAIN,
    code: codeFolders(MAIN),
    backend: 'none',
  });
  const at = args.indexOf(MAIN);

  /** What it says on standard error, and how it ends, when it is started with these options of Node's and this core limit. */
  const run = (
    node: readonly string[],
    core = '0',
    env: Record<string, string> = {},
  ): Promise<{ code: unknown; said: string }> =>
    new Promise((resolve) => {
      const command = [
        '-c',
        `echo 0 >/proc/self/coredump_filter; ulimit -c ${core}; exec "$@"`,
        'sh',
        process.execPath,
        ...node,
        ...args.slice(at),
      ];
      const child = execFile(
        '/bin/sh',
        command,
        { env: { PATH: process.env.PATH!, ...env }, timeout: 20_000 },
        (error, _out, said) => resolve({ code: error?.code ?? 0, said }),
      );
      // A process that did start ends when its standard input does.
      child.stdin?.end();
    });

  test('starts as it is launched', async () => {
    expect(await run(args.slice(0, at))).toMatchObject({ code: 0 });
  });

  test.each([
    ['without the secure heap', (option: string) => !option.startsWith('--secure-heap'), 'secure heap'],
    ['without permissions', (option: string) => !/^--(permission|allow)/.test(option), 'permission model'],
    ['with SIGUSR1 for the inspector', (option: string) => option !== '--disable-sigusr1', 'SIGUSR1'],
  ])('refuses to start %s', async (_name, keep, words) => {
    const { code, said } = await run(args.slice(0, at).filter(keep));
    expect(code).toBe(78);
    expect(said).toContain('SIGNER_UNPROTECTED');
    expect(said).toContain(words);
  });

  test.each([
    ['--allow-child-process'],
    ['--allow-worker'],
    ['--allow-fs-read=*'],
    ['--allow-addons'],
    ['--heapsnapshot-signal=SIGUSR2'],
    ['--report-on-fatalerror'],
  ])('refuses to start with %s', async (option) => {
    const { code, said } = await run([option, ...args.slice(0, at)]);
    expect([code, said.includes('SIGNER_UNPROTECTED')]).toEqual([78, true]);
  });

  test('refuses to start with core dumps, and with options from the environment', async () => {
    const dumping = await run(args.slice(0, at), 'unlimited');
    expect([dumping.code, dumping.said.includes('core dumps')]).toEqual([78, true]);
    const foreign = await run(args.slice(0, at), '0', { NODE_OPTIONS: '--max-http-header-size=9000' });
    expect([foreign.code, foreign.said.includes('NODE_OPTIONS')]).toEqual([78, true]);
  });
});
