import { loadPolicy, type Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { readInput } from '../read-input.ts';

/** The text of a policy file in any of the three formats, checked before anything is made. @throws CodedError INPUT_INVALID */
export async function policyText(context: Context, file: string, network: Network): Promise<string> {
  const text = await readInput(context, file);
  const loaded = loadPolicy(text, { network });
  if (loaded.ok) return text;
  throw cliError('INPUT_INVALID', `${file} is no policy for ${network}: ${loaded.error.message}`, {
    hint: 'ward wallet policy NAME prints one to start from.',
    cause: loaded.error,
  });
}
