import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian's place of the module. */
export const SOFTHSM_MODULE = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '48151623';
const SECURITY_OFFICER_PIN = '31415926';

/** What is missing for the tests with SoftHSM, in words; undefined where nothing is. */
export function missingForSoftHsm(): string | undefined {
  if (!existsSync(SOFTHSM_MODULE)) return 'SoftHSM: apt-get install softhsm2';
  try {
    createRequire(import.meta.url)('pkcs11js');
  } catch {
    return 'the bridge pkcs11js is not built: packages/key-providers/build-pkcs11.sh';
  }
  return undefined;
}

export interface SoftHsm {
  /** What SOFTHSM2_CONF says. */
  readonly configuration: string;
  readonly tokens: string;
  remove(): void;
}

/** A folder with fresh tokens of these labels. Made before the module is loaded, which reads it once in a process. */
export function makeSoftHsm(...labels: readonly string[]): SoftHsm {
  const folder = mkdtempSync(join(tmpdir(), 'softhsm-'));
  const tokens = join(folder, 'tokens');
  const configuration = join(folder, 'softhsm2.conf');
  writeFileSync(configuration, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  execFileSync('mkdir', ['-m', '700', tokens]);
  process.env.SOFTHSM2_CONF = configuration;
  for (const label of labels) {
    const pins = ['--so-pin', SECURITY_OFFICER_PIN, '--pin', PIN];
    execFileSync('softhsm2-util', ['--init-token', '--free', '--label', label, ...pins], { stdio: 'pipe' });
  }
  return { configuration, tokens, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
