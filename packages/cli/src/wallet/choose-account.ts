import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { MethodResult } from '@wardmesh/signer/client';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { note } from '../output/print.ts';
import { table } from '../output/table.ts';

export type Candidate = MethodResult<'secret.inspect'>['candidates'][number];

/**
 * The account that a person says is theirs: one address by --address, else picked on the terminal. Nothing is stored
 * before (XR-SEED-2).
 * @throws CodedError USAGE, ADDRESS_NOT_CONFIRMED
 */
export async function chooseAccount(
  context: Context,
  candidates: readonly Candidate[],
  confirmed: string | undefined,
): Promise<Candidate> {
  if (confirmed !== undefined) return named(candidates, confirmed);
  note(context, 'The secret has these accounts, the likeliest first:\n');
  note(context, candidateLines(candidates).join('\n'));
  if (context.json || context.stdin.isTTY !== true) {
    throw usage('say which account is yours', 'Pass --address ADDRESS; nothing was stored.');
  }
  const answer = (
    await ask(
      context,
      `\nWhich is yours? [1${candidates.length > 1 ? `-${candidates.length}` : ''}, or nothing to stop] `,
    )
  ).trim();
  const chosen = /^\d{1,2}$/.test(answer) ? candidates[Number(answer) - 1] : undefined;
  if (chosen !== undefined) return chosen;
  throw cliError('INTERRUPTED', 'nothing was stored: no account was confirmed');
}

function named(candidates: readonly Candidate[], address: string): Candidate {
  const found = candidates.find((candidate) => candidate.address === address);
  if (found !== undefined) return found;
  // Not repeated: somebody may have given the secret in its place.
  throw cliError('ADDRESS_NOT_CONFIRMED', 'the secret does not have the address that --address names', {
    hint: `It has ${candidates.map((candidate) => candidate.address).join(' or ')}. Nothing was stored.`,
  });
}

export function candidateLines(candidates: readonly Candidate[]): string[] {
  return table(
    ['', 'address', 'algorithm', 'read as', ''],
    candidates.map((candidate, at) => [
      String(at + 1),
      candidate.address,
      candidate.algorithm,
      candidate.family,
      candidate.note ?? '',
    ]),
  );
}

async function ask(context: Context, question: string): Promise<string> {
  const output = new Writable({
    write(chunk, _encoding, done) {
      context.stderr.write(String(chunk));
      done();
    },
  });
  const reader = createInterface({ input: context.stdin, output });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
