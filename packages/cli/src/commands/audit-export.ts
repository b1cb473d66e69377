import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { canonicalize, type JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrReader } from '../offline.ts';
import { note } from '../output/print.ts';

interface Options {
  readonly receipt: string;
  readonly output?: string;
}

/** A receipt is its canonical JSON, to the byte: with or without --json it is the same text. */
export async function auditExport(context: Context, options: Options): Promise<ExitCode> {
  const receipt = await onlineOrReader(
    context,
    (control) => control.receipt(options.receipt),
    async (reader) => (await reader.exportReceipt(options.receipt)) as unknown as JsonObject,
  );
  const text = `${canonicalize(receipt)}\n`;
  if (options.output === undefined) {
    context.stdout.write(text);
    return EXIT.ok;
  }
  try {
    writeFileSync(resolve(context.cwd, options.output), text, { flag: 'wx' });
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw cliError('FILE_UNWRITABLE', `${options.output} ${exists ? 'exists already' : 'cannot be written'}`, {
      cause,
    });
  }
  note(context, `wrote ${options.output}; verify it with: ward verify ${options.output}`);
  return EXIT.ok;
}
