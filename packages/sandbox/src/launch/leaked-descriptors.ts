import { readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC as /proc/PID/fdinfo prints it, octal. */
const CLOSE_ON_EXEC = 0o2000000;

let inherited: readonly number[] | undefined;

/**
 * Descriptors that a child would inherit: those without close-on-exec. Node and SQLite open theirs with it, but what our
 * own parent left open (a shell's, a supervisor's) would pass through to every connector. Looked up once, because such
 * descriptors come with the process.
 */
export function leakedDescriptors(): readonly number[] {
  inherited ??= findLeakedDescriptors();
  return inherited;
}

function findLeakedDescriptors(): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd));
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // Closed since: the descriptor the listing itself used.
    return false;
  }
}
