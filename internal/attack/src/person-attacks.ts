import { CodedError } from '@wardmesh/core';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { SolanaWallet } from '@wardmesh/testkit/solana-wallet';
import { type Attempt, judgeAttempt } from './attempt.ts';
import type { AttackErrorCode } from './error.ts';
import { startNaiveSite } from './person/naive-site.ts';
import { sessionAttacks } from './person/session.ts';
import { signInAttacks } from './person/sign-in.ts';
import { ask, type PersonAttack, type Target } from './person/target.ts';

/** Those with tokens last: forged tokens lock their sender out. */
const ATTACKS: readonly PersonAttack[] = [...signInAttacks, ...sessionAttacks];
/** Failed sign-ins of one address before its lockout (XR-LOCK-1), less one: each batch has an admin of its own. */
const SIGN_INS_PER_ADMIN = 4;

/**
 * Somebody with a browser at the console and the API of a real gateway: signing in as another, riding on a session,
 * granting and approving what is not theirs, made-up tokens. Each attempt is made against a naive site too.
 * @throws CodedError ATTACK_NOTHING_WORKS where an honest sign-in is refused: then a refusal would prove nothing
 */
export async function runPersonAttacks(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  const chosen = ATTACKS.filter(({ id }) => only(id));
  if (chosen.length === 0) return [];
  const naive = await startNaiveSite();
  const gateway = await startGateway({
    servers: {
      files: {
        package: '@modelcontextprotocol/server-filesystem',
        args: ['.'],
        cwd: 'workspace',
        write: ['workspace'],
        pins: 'trust-on-first-use',
        tools: { write_file: { class: 'destructive', outward: false } },
      },
    },
    overrides: { limits: GENEROUS_LIMITS },
  });
  try {
    const admins = [new SolanaWallet()];
    await gateway.ward('roles', 'grant', admins[0]!.id, 'admin');
    const target = await honest(gateway, admins[0]!);
    const attempts: Attempt[] = [];
    for (const [index, attack] of chosen.entries()) {
      const turn = 1 + Math.floor(index / SIGN_INS_PER_ADMIN);
      const fresh = { admin: adminFor(admins, turn) };
      const mine = signInAttacks.includes(attack) ? { ...target, ...fresh } : target;
      const seen = await attack.run(mine);
      attempts.push(judgeAttempt(attack, 'person', seen, await attack.run({ ...mine, url: naive.url })));
    }
    return attempts;
  } finally {
    await gateway.stop();
    await naive.stop();
  }
}

/** Attacks on signing in need no role: any wallet is as good, and a locked one proves nothing. */
function adminFor(admins: SolanaWallet[], turn: number): SolanaWallet {
  admins[turn] ??= new SolanaWallet();
  return admins[turn];
}

/** The gateway as honest people use it: signed in, and with a call that waits. */
async function honest(gateway: GatewayUnderTest, admin: SolanaWallet): Promise<Target> {
  const { ca, token: agentToken } = gateway;
  // Messages name the gateway by the name that people use.
  const url = gateway.url.replace('127.0.0.1', 'localhost');
  const stranger = new SolanaWallet();
  const [adminCookie, strangerCookie] = [await cookieOf({ url, ca }, admin), await cookieOf({ url, ca }, stranger)];
  await gateway.ward('call', 'files.write_file', '{"path":"x.txt","content":"x"}', '--json').catch(() => {});
  const listed = JSON.parse(await gateway.ward('approvals', 'list', '--json')) as { id: string; over: string }[];
  const approval = listed[0];
  if (approval === undefined) throw nothingWorks(`no call was parked\n${gateway.output()}`);
  return { url, ca, admin, adminCookie, stranger, strangerCookie, agentToken, approval };
}

async function cookieOf(target: Pick<Target, 'url' | 'ca'>, wallet: SolanaWallet): Promise<string> {
  const { chain, address } = wallet;
  const challenge = await ask(target, 'POST', '/api/session/challenge', { body: { chain, address } });
  const { message } = JSON.parse(challenge.text) as { message: string };
  const body = { chain, address, message, signature: wallet.sign(message) };
  const { status, headers, text } = await ask(target, 'POST', '/api/session', { body });
  const cookie = /__Host-ward=([^;]+)/.exec(headers['set-cookie']?.[0] ?? '')?.[1];
  if (status !== 200 || cookie === undefined) throw nothingWorks(`an honest sign-in is refused: ${text}`);
  return cookie;
}

function nothingWorks(message: string): CodedError<AttackErrorCode> {
  return new CodedError('ATTACK_NOTHING_WORKS', message);
}
