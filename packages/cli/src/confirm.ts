import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Context } from './context.ts';
import { usage } from './error.ts';

/** A yes or no on the terminal; anything but yes is no. @throws CodedError USAGE where there is no terminal */
export async function confirm(context: Context, question: string): Promise<boolean> {
  if (context.json || !context.stdin.isTTY) {
    throw usage('this needs a yes on a terminal', 'Look at it first, then pass --yes.');
  }
  const output = new Writable({
    write(chunk, _encoding, done) {
      context.stderr.write(String(chunk));
      done();
    },
  });
  const reader = createInterface({ input: context.stdin, output });
  try {
    const answer = await reader.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
