import { readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC as /proc/PID/fdinfo prints it, octal. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Descriptors above `last` that a child would inherit: those without close-on-exec. Node opens its own with it, but one
 * that our own parent left open (a shell's, a supervisor's) would pass through to every connector.
 */
export function findLeakedDescriptors(last: number): number[] {
  return readdirSync('/proc/self/fd')
    .map(Number)
    .filter((fd) => fd > last && isInherited(fd));
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
