import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '@wardmesh/core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
/** A build that takes longer was given up. */
const MAX_BUILD_MS = 600_000;

export interface BuiltConsole {
  /** Folder of the files to serve below `/console/`. */
  readonly folder: string;
  /** Whether it was made just now. */
  readonly built: boolean;
}

/**
 * The console's files, built from its sources where they changed since. Each build has a folder named after the hash of
 * what it was made from, so that two starts at once never mix theirs.
 */
export async function buildConsole(clock: Clock = systemClock): Promise<BuiltConsole> {
  const folder = join(DIST, sourceHash());
  if (existsSync(join(folder, 'index.html'))) return { folder, built: false };
  const work = `${folder}.${process.pid}`;
  mkdirSync(DIST, { recursive: true });
  const { bundle } = await import('./bundle.ts');
  await bundle(work);
  // What was made of older sources goes; what another start is making just now does not.
  for (const name of readdirSync(DIST)) {
    const changed = statSync(join(DIST, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (join(DIST, name) === work || (name.includes('.') && clock.now() - changed < MAX_BUILD_MS)) continue;
    if (join(DIST, name) !== folder) rmSync(join(DIST, name), { recursive: true, force: true });
  }
  try {
    renameSync(work, folder);
  } catch (error) {
    // Another start was faster, with the same files.
    rmSync(work, { recursive: true, force: true });
    if (!existsSync(join(folder, 'index.html'))) throw error;
  }
  return { folder, built: true };
}

/** Of every source file of the app and of the rooms it takes code from. */
function sourceHash(): string {
  const hash = createHash('sha256');
  for (const room of ['console', 'api', 'approvals', 'core', 'crypto', 'verify']) {
    const folder = join(ROOT, '..', room, 'src');
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(tsx?|css|html|svg)$/.test(name),
    );
    for (const name of names.sort()) {
      if (name.includes('.test.')) continue;
      hash.update(`${room}/${name}\0`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
