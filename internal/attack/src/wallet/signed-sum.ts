import type { Seen } from '../attempt.ts';
import { each } from '../each.ts';
import { judgeSigning, sign, type World } from './attack.ts';
import { DAILY_XRP, KNOWN, SINGLE_XRP } from './rig.ts';

/** Asks for `count` payments of half of what one may be, `width` at a time; got through where they sum above the day. */
export async function signedSum(world: World, count: number, width: number): Promise<Seen> {
  const xrp = SINGLE_XRP / 2;
  const seen = await each([...Array(count).keys()], width, async () =>
    judgeSigning(
      await sign(world, { TransactionType: 'Payment', Destination: KNOWN, Amount: String(xrp * 1_000_000) }),
    ),
  );
  const signed = seen.filter(({ through }) => through).length;
  if (signed * xrp > DAILY_XRP) return { through: true, observed: `${signed * xrp} XRP signed` };
  // Where nothing was signed at all, it was not the day's volume that held.
  const last = seen.findLast(({ through }) => !through)?.observed ?? 'nothing';
  return { through: false, observed: signed > 0 ? 'the day’s volume' : last };
}

/** The same between two agents who share a wallet. */
export async function sharedSum(world: World, count: number): Promise<Seen> {
  const agents = [world.agent, world.bystander];
  let turn = 0;
  const call: World['agent']['call'] = (tool, args) => agents[turn++ % agents.length]!.call(tool, args);
  return signedSum({ ...world, agent: { ...world.agent, call } }, count, count);
}

/** Pays and sends `count` times, and asks the ledger, not the wallet, what arrived. */
export async function paidSum(world: World, count: number): Promise<Seen> {
  const before = await world.received();
  const pay = { wallet_address: world.wallet, destination: KNOWN, amount_xrp: String(SINGLE_XRP) };
  await each([...Array(count).keys()], 8, () => world.agent.call('wallet_pay', pay));
  const paid = (await world.received()) - before;
  if (paid > DAILY_XRP) return { through: true, observed: `${paid} XRP paid` };
  return { through: false, observed: paid > 0 ? 'the day’s volume' : 'nothing paid' };
}
