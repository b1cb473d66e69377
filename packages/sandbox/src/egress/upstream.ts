import { isIP } from 'node:net';
import { isPublicAddress } from './address.ts';
import type { Resolver } from './ports.ts';
import { Refused } from './refusal.ts';

/**
 * The one address a connection goes to, for a host that a rule has granted. It is judged and used without asking again,
 * so a name cannot change its answer in between (DNS rebinding). A name with any closed address among its answers is
 * refused whole. A host that is an address was spelled by the rule itself, private or not.
 */
export async function pinAddress(host: string, resolver: Resolver): Promise<string> {
  if (isIP(host) !== 0) return host;
  let answers: readonly string[];
  try {
    answers = await resolver.resolve(host);
  } catch {
    throw new Refused('EGRESS_RESOLVE_FAILED');
  }
  const [first] = answers;
  if (first === undefined) throw new Refused('EGRESS_RESOLVE_FAILED');
  if (!answers.every(isPublicAddress)) throw new Refused('EGRESS_ADDRESS_REFUSED');
  // Many machines resolve IPv6 without having a route for it.
  return answers.find((answer) => isIP(answer) === 4) ?? first;
}
