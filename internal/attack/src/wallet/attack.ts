import { encode } from 'ripple-binary-codec';
import type { Seen } from '../attempt.ts';
import type { Agent, Answer } from './agent.ts';

/** What an attack has: an agent, another one, a wallet, and the texts that no agent may ever see. */
export interface World {
  readonly agent: Agent;
  readonly bystander: Agent;
  readonly wallet: string;
  readonly secrets: readonly string[];
  /** The operator's own approval of a parked request. */
  approve(approvalId: string): Promise<void>;
  /** XRP that the one known destination has, as the ledger says. */
  received(): Promise<number>;
  /** All that was written down: logs, receipts, files. */
  written(): Promise<readonly string[]>;
}

export interface WalletAttack {
  readonly id: string;
  readonly title: string;
  /** What may stop it. */
  readonly expect: readonly string[];
  /** A wallet of its own, because it uses up the day. */
  readonly ownWallet?: true;
  run(world: World): Promise<Seen>;
}

/** A stranger's account. */
export const THIEF = 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh';

/** Fields of a transaction; Account is the wallet where it is left out. */
export type Fields = Readonly<Record<string, unknown>> & { readonly TransactionType: string };

/** The blob as an agent would make it: what is left open is filled in by the signer. */
export function blobOf({ wallet }: World, fields: Fields): string {
  return encode({ Account: wallet, ...fields });
}

/** Asks for a signature, and has got through where it gets one. */
export async function trySign(
  world: World,
  fields: Fields,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Seen> {
  return judgeSigning(await sign(world, fields, more));
}

export function sign(world: World, fields: Fields, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return world.agent.call('wallet_sign', {
    wallet_address: world.wallet,
    unsigned_tx: blobOf(world, fields),
    ...more,
  });
}

/** `signed`; the rule that refused; or who is waited for. */
export function judgeSigning({ code, value }: Answer): Seen {
  if (code !== 'ok') return { through: false, observed: code };
  if (typeof value.signed_tx === 'string' || value.status === 'approved') return { through: true, observed: 'signed' };
  const { rule } = (value.policy_violation ?? {}) as { rule?: string };
  const waits = value.policy_tier === 2 ? 'waits for a veto' : 'waits for people';
  return { through: false, observed: value.status === 'rejected' ? String(rule) : waits };
}

/** The first secret that is in what agents heard: as it is, in hex of either case, or in either Base64. */
export function leaked(texts: readonly string[], secrets: readonly string[]): string | undefined {
  const all = texts.join('\n');
  const lower = all.toLowerCase();
  return secrets.find((secret) => {
    const bytes = Buffer.from(secret, 'utf8');
    const isHex = /^[0-9a-f]{32,}$/i.test(secret);
    const raw = isHex ? Buffer.from(secret, 'hex') : bytes;
    return (
      all.includes(secret) ||
      lower.includes(bytes.toString('hex')) ||
      (isHex && lower.includes(secret.toLowerCase())) ||
      all.includes(raw.toString('base64').replace(/=+$/, '')) ||
      all.includes(raw.toString('base64url'))
    );
  });
}

/** Got through where a secret was told. */
export function judgeSecrecy(texts: readonly string[], secrets: readonly string[], observed: string): Seen {
  return leaked(texts, secrets) === undefined
    ? { through: false, observed }
    : { through: true, observed: 'secret told' };
}
