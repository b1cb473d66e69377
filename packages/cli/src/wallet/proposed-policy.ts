import { unwrap } from '@wardmesh/core';
import { compareStrictness, compilePolicy, loadPolicy, type Network, presetPolicy } from '@wardmesh/wallet';
import { confirm } from '../confirm.ts';
import type { Context } from '../context.ts';
import { cliError, usage } from '../error.ts';
import { note } from '../output/print.ts';
import { changeLine } from './change-line.ts';

/**
 * An agent may propose the policy of the wallet that it asks for. Whoever fulfils the wish sees what that allows beyond
 * the network's preset, and says yes to it: a policy is never taken from an agent in passing.
 * @throws CodedError USAGE, INPUT_INVALID, INTERRUPTED
 */
export async function acceptProposed(
  context: Context,
  network: Network,
  text: string,
  isAccepted: boolean,
): Promise<void> {
  const loaded = loadPolicy(text, { network });
  if (!loaded.ok) {
    throw cliError('INPUT_INVALID', `the policy that the agent proposes is refused: ${loaded.error.message}`, {
      hint: 'Give your own with --policy FILE.',
    });
  }
  const { changes } = compareStrictness(unwrap(compilePolicy(presetPolicy(network))), loaded.value);
  const wider = changes.filter(({ restricted }) => restricted);
  note(
    context,
    [
      `It brings a policy of its own: ${wider.length} settings allow more than the preset of ${network}, ${changes.length - wider.length} differ otherwise.`,
      ...wider.map(changeLine),
      ...changes.filter(({ restricted }) => !restricted).map(changeLine),
    ].join('\n'),
  );
  if (isAccepted) return;
  if (context.json || context.stdin.isTTY !== true) {
    throw usage(
      'the agent proposes the policy of its own wallet',
      'Look at it, then pass --accept-policy, or your own with --policy FILE.',
    );
  }
  if (await confirm(context, 'Take this policy?')) return;
  throw cliError('INTERRUPTED', 'nothing was made: the policy was not accepted');
}
