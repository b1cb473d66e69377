import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { onTestFinished } from 'vitest';
import { temporaryHome } from '../fixture.ts';
import type { SignerLine } from './launch.ts';
import { type SignerProcess, type StartSignerOptions, startSigner } from './start.ts';

export interface Running {
  readonly home: string;
  readonly signer: SignerProcess;
  readonly lines: SignerLine[];
}

/** The real process in its real sandbox; it ends with the test. */
export async function startTestSigner(overrides: Partial<StartSignerOptions> = {}): Promise<Running> {
  const home = overrides.home ?? (await temporaryHome());
  const lines: SignerLine[] = [];
  const signer = await startSigner({
    home,
    log: (line) => lines.push(line),
    clock: systemClock,
    random: systemRandom,
    ...overrides,
  });
  onTestFinished(() => signer.stop());
  return { home, signer, lines };
}

/** The process that runs our main file below the launcher, as this machine numbers it. */
export function nodeProcess({ signer }: Running): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === signer.pid) return true;
    return false;
  };
  const found = [...parents.keys()].filter(isBelow).find((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(process.execPath);
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('the process is not there');
  return found;
}

/** Every file below a folder with its bytes; what cannot be read (sockets) is left out. */
export function filesBelow(folder: string): readonly { readonly path: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, bytes: readFileSync(path) }));
}
