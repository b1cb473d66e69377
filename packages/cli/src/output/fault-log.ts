import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { redactText, toTimestamp } from '@wardmesh/core';

/** Appends a fault of ours to the operator's file, redacted; gives its path, or undefined where there is no home. */
export function keepFault(home: string, correlationId: string, now: number, thrown: unknown): string | undefined {
  if (!existsSync(home)) return undefined;
  const folder = join(home, 'run');
  const file = join(folder, 'cli-faults.log');
  try {
    mkdirSync(folder, { mode: 0o700, recursive: true });
    const text = redactText(inspect(thrown, { depth: 4 }));
    appendFileSync(file, `${toTimestamp(now)} ${correlationId}\n${text}\n\n`, { mode: 0o600 });
    return file;
  } catch {
    return undefined;
  }
}
