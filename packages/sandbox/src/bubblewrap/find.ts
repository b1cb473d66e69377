import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { sandboxError } from '../error.ts';

export interface Bubblewrap {
  readonly path: string;
  readonly version: string;
}

const PLACES = ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/bin/bwrap'];
/** The first with --disable-userns and --size. */
const OLDEST = [0, 8] as const;

let found: Bubblewrap | undefined;

/** The machine's bubblewrap, asked for its version once. @throws SandboxError SANDBOX_UNAVAILABLE. */
export function findBubblewrap(places: readonly string[] = PLACES): Bubblewrap {
  if (places === PLACES && found !== undefined) return found;
  const path = places.find(isExecutable);
  if (path === undefined) {
    throw sandboxError('SANDBOX_UNAVAILABLE', 'bubblewrap is not installed', {
      hint: 'Debian: apt-get install bubblewrap. Or write `sandbox: none` for this server; every receipt will show it.',
    });
  }
  const version = readVersion(path);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw sandboxError('SANDBOX_UNAVAILABLE', `bubblewrap ${version} is too old: 0.8 or newer is needed`, {
      hint: 'Older versions cannot forbid nested user namespaces. Upgrade the bubblewrap package.',
    });
  }
  const bubblewrap = { path, version };
  if (places === PLACES) found = bubblewrap;
  return bubblewrap;
}

function readVersion(path: string): string {
  try {
    const text = execFileSync(path, ['--version'], { env: {}, encoding: 'utf8', timeout: 5_000 });
    return /(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1] ?? '0.0';
  } catch (cause) {
    throw sandboxError('SANDBOX_UNAVAILABLE', `${path} cannot be run`, { cause });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
