import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';

/** A private folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wardmesh-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export const KEY = new Uint8Array(32).fill(7);

export function code(name: string): unknown {
  return expect.objectContaining({ code: name });
}
