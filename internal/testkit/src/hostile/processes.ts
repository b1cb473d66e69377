import { readdir, readFile } from 'node:fs/promises';

/** Ids of running processes whose command line holds `text`, this process excepted. Linux only. */
export async function processesWith(text: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const line = await readFile(`/proc/${entry}/cmdline`, 'latin1').catch(() => '');
    if (line.includes(text)) found.push(pid);
  }
  return found;
}
