import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const PACKAGE = new URL('..', import.meta.url).pathname;
const SOURCE = new URL('../../../node_modules/pkcs11js', import.meta.url).pathname;
const hasCompiler = existsSync('/usr/bin/g++');

/** A copy of the package's folder, with nothing on the PATH but what the script needs. */
describe.skipIf(!existsSync(`${SOURCE}/src/main.cpp`))('build-pkcs11.sh', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pkcs11-bridge-'));
    cpSync(`${PACKAGE}/build-pkcs11.sh`, `${folder}/build-pkcs11.sh`);
    mkdirSync(`${folder}/bin`);
    for (const tool of ['dirname', 'mkdir', 'mktemp', 'mv', 'rm', 'sh', 'tail']) {
      symlinkSync(existsSync(`/bin/${tool}`) ? `/bin/${tool}` : `/usr/bin/${tool}`, `${folder}/bin/${tool}`);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const install = () => {
    for (const part of ['src', 'includes', 'index.js', 'package.json']) {
      cpSync(`${SOURCE}/${part}`, `${folder}/node_modules/pkcs11js/${part}`, { recursive: true });
    }
  };
  const build = (path = `${dirname(process.execPath)}:${folder}/bin`): Promise<{ code: number; said: string }> =>
    new Promise((resolve) => {
      execFile(`${folder}/build-pkcs11.sh`, { env: { PATH: path, TMPDIR: folder } }, (error, _out, said) =>
        resolve({ code: error === null ? 0 : Number(error.code), said }),
      );
    });

  test('says nothing where the optional package is not installed', async () => {
    expect(await build()).toEqual({ code: 0, said: '' });
  });

  test('says what is missing, and leaves nothing behind', async () => {
    install();
    expect(await build()).toEqual({
      code: 1,
      said: 'ward: the PKCS #11 bridge cannot be built: g++ is missing. Debian: apt-get install g++\n',
    });
    expect((await build(`${folder}/bin`)).said).toContain('node is missing');
    expect(existsSync(`${folder}/node_modules/pkcs11js/build`)).toBe(false);
  });

  test.skipIf(!hasCompiler)('builds what loads, once', async () => {
    verifies('CM-KMS-1');
    install();
    const path = `${dirname(process.execPath)}:/usr/bin:/bin`;
    expect(await build(path)).toEqual({ code: 0, said: 'ward: building the PKCS #11 bridge (once)\n' });
    expect(await build(path)).toEqual({ code: 0, said: '' });
  });
});
