import { accessSync, constants } from 'node:fs';

/** The programs that some tests drive, and the Debian package that brings each. Kept in step with system.sh by a test. */
export const SYSTEM_PROGRAMS: Readonly<Record<string, string>> = {
  bwrap: 'bubblewrap',
  prlimit: 'util-linux',
  chromium: 'chromium',
  'softhsm2-util': 'softhsm2',
  'g++': 'g++',
};

/** The packages whose programs are not on the PATH. */
export function missingPackages(path: string = process.env.PATH ?? ''): string[] {
  const folders = path.split(':').filter((folder) => folder !== '');
  return Object.entries(SYSTEM_PROGRAMS)
    .filter(([program]) => !folders.some((folder) => isExecutable(`${folder}/${program}`)))
    .map(([, name]) => name);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
