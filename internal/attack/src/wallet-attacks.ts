import { CodedError } from '@wardmesh/core';
import { type LedgerServer, startLedgerServer, TestLedger } from '@wardmesh/local-ledger';
import { type Attempt, judgeAttempt } from './attempt.ts';
import type { AttackErrorCode } from './error.ts';
import { judgeSigning, sign, type WalletAttack, type World } from './wallet/attack.ts';
import { extractAttacks } from './wallet/extract.ts';
import { ledgerBalance } from './wallet/ledger-balance.ts';
import { naiveWallet } from './wallet/naive-wallet.ts';
import { overspendAttacks } from './wallet/overspend.ts';
import { replayAttacks } from './wallet/replay.ts';
import { KNOWN, PASSWORD, startWalletRig, type WalletRig } from './wallet/rig.ts';

/** A seed that was published long ago (its entropy is zero), its private key, and a password: what must never be told. */
const SEED = 'sEdSJHS4oiAdz7w2X2ni1gFiqtbJHqE';
const PRIVATE_KEY = '0B6CBAC838DFE7F47EA1BD0DF00EC282FDF45510C92161072CCFB84035390C4D';
const ADDRESS = 'r9zRhGr7b6xPekLvT6wP4qNdWMryaumZS7';
const SECRETS = [SEED, PRIVATE_KEY, PASSWORD];

/** Extraction last: it also looks at what the others left in logs. */
const ATTACKS: readonly WalletAttack[] = [...overspendAttacks, ...replayAttacks, ...extractAttacks];

/** Money of each wallet: more than a day may spend, so that it is not its lack that holds. */
const WALLET_XRP = 50_000n;
/** So many attacks share a wallet: ten requests of one may wait for people, and then none is parked any more. */
const ATTACKS_PER_WALLET = 9;

/**
 * An agent with nothing but MCP access to a wallet, through a real gateway and signer and on a real test ledger, tries to
 * overspend, to get a key and to use an approval twice. Each attempt is made against a wallet that trusts its agent too.
 * @throws CodedError ATTACK_NOTHING_WORKS where an honest payment is refused: then a refusal would prove nothing
 */
export async function runWalletAttacks(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  const chosen = ATTACKS.filter(({ id }) => only(id));
  if (chosen.length === 0) return [];
  const rig = await startWalletRig();
  const naive = await startLedgerServer({ ledger: new TestLedger({ networkId: 31_337 }), closeEveryMs: 50 });
  naive.ledger.fund(ADDRESS, WALLET_XRP * 1_000_000n);
  try {
    await rig.importWallet('till', SEED, ADDRESS);
    await assertHonestWorks(rig, worldOf(rig, ADDRESS, 0));
    const attempts: Attempt[] = [];
    let shared: World | undefined;
    for (const [index, attack] of chosen.entries()) {
      const turn = Math.floor(index / ATTACKS_PER_WALLET);
      const isNext = index % ATTACKS_PER_WALLET === 0;
      const make = async (name: string): Promise<World> => {
        const wallet = await rig.createWallet(name);
        await rig.fund(wallet, Number(WALLET_XRP));
        return worldOf(rig, wallet, turn);
      };
      if (isNext || shared === undefined) shared = await make(`till-${turn}`);
      const own = attack.ownWallet ? await make(attack.id.slice('wallet/'.length)) : undefined;
      const world = extractAttacks.includes(attack) ? worldOf(rig, ADDRESS, turn) : (own ?? shared);
      attempts.push(judgeAttempt(attack, 'agent', await attack.run(world), await attack.run(naiveWorld(naive))));
    }
    return attempts;
  } finally {
    await naive.stop();
    await rig.stop();
  }
}

function worldOf(rig: WalletRig, wallet: string, turn: number): World {
  return {
    agent: rig.agent(turn),
    bystander: rig.agent('bystander'),
    wallet,
    secrets: SECRETS,
    approve: rig.approve,
    received: () => ledgerBalance(rig.ledgerUrl, KNOWN),
    written: rig.written,
  };
}

function naiveWorld({ ledger, url }: LedgerServer): World {
  const agent = naiveWallet(ledger, SEED);
  return {
    agent,
    bystander: agent,
    wallet: ADDRESS,
    secrets: SECRETS,
    approve: async () => undefined,
    async received() {
      ledger.close();
      return ledgerBalance(url, KNOWN);
    },
    written: async () => [(await agent.call('wallet_export', {})).text],
  };
}

async function assertHonestWorks(rig: WalletRig, world: World): Promise<void> {
  const answer = await sign(world, { TransactionType: 'Payment', Destination: KNOWN, Amount: '1000000' });
  if (judgeSigning(answer).through) return;
  const code: AttackErrorCode = 'ATTACK_NOTHING_WORKS';
  throw new CodedError(code, `an honest payment is refused: ${answer.text}\n${rig.gateway.output()}`);
}
