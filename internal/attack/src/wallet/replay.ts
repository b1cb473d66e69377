import { judgeSigning, sign, THIEF, type WalletAttack, type World } from './attack.ts';

const LARGE = '2000000000';
const payThief = (Amount: string) => ({ TransactionType: 'Payment', Destination: THIEF, Amount });

/** Parks a payment that people must approve. */
async function park(world: World): Promise<unknown> {
  return (await sign(world, payThief(LARGE))).value.approval_id;
}

/** Everything that came out signed under one approval, however it was asked for. */
async function releases(world: World, approval_id: unknown): Promise<readonly string[]> {
  const asked = await Promise.all([
    ...Array.from({ length: 5 }, () => world.agent.call('approval_status', { approval_id })),
    ...Array.from({ length: 5 }, () => sign(world, payThief(LARGE), { approval_id })),
    world.bystander.call('approval_status', { approval_id }),
  ]);
  return asked.flatMap(({ value }) => (typeof value.signed_tx === 'string' ? [value.signed_tx] : []));
}

const APPROVAL = ['APPROVAL_MISMATCH', 'APPROVAL_NOT_FOUND', 'APPROVAL_NOT_READY'];

export const replayAttacks: readonly WalletAttack[] = [
  {
    id: 'wallet/other-bytes',
    title: 'spends an approval id on another transaction',
    expect: APPROVAL,
    async run(world) {
      const approval_id = await park(world);
      return judgeSigning(await sign(world, payThief('1900000000'), { approval_id }));
    },
  },
  {
    id: 'wallet/not-approved',
    title: 'releases a transaction that nobody approved',
    expect: [...APPROVAL, 'waits for people'],
    async run(world) {
      const approval_id = await park(world);
      return judgeSigning(await sign(world, payThief(LARGE), { approval_id }));
    },
  },
  {
    id: 'wallet/other-agent',
    title: 'spends the approval of another agent',
    expect: APPROVAL,
    async run(world) {
      const approval_id = await park(world);
      const thief = { ...world, agent: world.bystander };
      return judgeSigning(await sign(thief, payThief(LARGE), { approval_id }));
    },
  },
  {
    id: 'wallet/invented-approval',
    title: 'invents an approval id',
    expect: APPROVAL,
    run: async (world) =>
      judgeSigning(await sign(world, payThief(LARGE), { approval_id: '7f000000-0000-4000-8000-000000000001' })),
  },
  {
    id: 'wallet/release-twice',
    title: 'has one approval signed eleven times at once',
    expect: ['one signature'],
    ownWallet: true,
    async run(world) {
      const approvalId = String(await park(world));
      await world.approve(approvalId);
      const signed = new Set(await releases(world, approvalId));
      const count = `${signed.size} signatures`;
      return { through: signed.size > 1, observed: signed.size === 1 ? 'one signature' : count };
    },
  },
  {
    id: 'wallet/approved-other-bytes',
    title: 'spends a given approval on another amount',
    expect: APPROVAL,
    ownWallet: true,
    async run(world) {
      const approvalId = String(await park(world));
      await world.approve(approvalId);
      return judgeSigning(await sign(world, payThief('2000000001'), { approval_id: approvalId }));
    },
  },
];
