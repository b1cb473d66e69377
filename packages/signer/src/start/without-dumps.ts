import { readFileSync, writeFileSync } from 'node:fs';

/** Which kinds of memory a core dump of this process holds; children inherit it (core(5)). */
const FILTER = '/proc/self/coredump_filter';

/**
 * Runs `start` so that what it starts has core dumps without memory. A limit of 0 alone does not stop a kernel that pipes
 * dumps to a program. Our own filter is put back afterwards. The process itself checks what came of it.
 */
export async function withoutDumps<T>(start: () => Promise<T>): Promise<T> {
  const before = exchange('0');
  try {
    return await start();
  } finally {
    if (before !== undefined) exchange(before);
  }
}

/** The filter before; undefined where this kernel makes no dumps, or does not let us. */
function exchange(filter: string): string | undefined {
  try {
    const before = `0x${readFileSync(FILTER, 'latin1').trim()}`;
    writeFileSync(FILTER, filter);
    return before;
  } catch {
    return undefined;
  }
}
