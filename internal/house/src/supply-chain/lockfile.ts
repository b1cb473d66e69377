import { readFileSync } from 'node:fs';
import { ROOT } from '../paths.ts';

/** One entry of package-lock.json (lockfileVersion 3). */
export interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface LockedPackage extends LockEntry {
  readonly name: string;
  readonly path: string;
}

export function readLock(folder: string = ROOT): Readonly<Record<string, LockEntry>> {
  const lock = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8')) as {
    lockfileVersion: number;
    packages: Record<string, LockEntry>;
  };
  if (lock.lockfileVersion !== 3) throw new Error(`lockfileVersion ${lock.lockfileVersion}, not 3`);
  return lock.packages;
}

/** The foreign packages of a lock: without our own rooms and the links to them. */
export function foreignPackages(lock: Readonly<Record<string, LockEntry>>): LockedPackage[] {
  return Object.entries(lock)
    .filter(([path, entry]) => path.includes('node_modules/') && entry.link !== true)
    .map(([path, entry]) => ({ ...entry, path, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));
}
