import { type JsonObject, unwrap } from '@wardmesh/core';
import { ALICE, BOB, intentOf } from '../fixture.ts';
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts';
import { canonical } from '../policy/load.ts';
import type { WalletPolicy } from '../policy/model.ts';
import { presetPolicy } from '../policy/presets.ts';
import type { DecisionContext } from './context.ts';
import { type Decision, decide } from './decide.ts';
import { emptyUsage, type UsageSnapshot } from './usage.ts';

export const NOON = Date.UTC(2026, 0, 14, 12); // a Wednesday
export const CONTEXT: DecisionContext = { account: ALICE, now: NOON, ledgerIndex: 100 };
export const USAGE = emptyUsage(NOON + 12 * 3_600_000);
export const XRP = 1_000_000n;

export type Change = (policy: WalletPolicy) => WalletPolicy;
export const policy = (network: 'mainnet' | 'testnet', change: Change = (same) => same): CompiledPolicy =>
  unwrap(compilePolicy(unwrap(canonical(change(presetPolicy(network))))));
/** Mainnet figures towards a destination that the operator listed. */
export const KNOWN: Change = (base) => ({ ...base, destinations: { ...base.destinations, allow: [BOB as never] } });
export const mainnet = policy('mainnet', KNOWN);
export const testnet = policy('testnet');

export function decideTx(
  fields: JsonObject,
  compiled = mainnet,
  usage: Partial<UsageSnapshot> = {},
  context: Partial<DecisionContext> = {},
): Decision {
  return decide(intentOf(fields), compiled, { ...USAGE, ...usage }, { ...CONTEXT, ...context });
}
export const outcome = (...given: Parameters<typeof decideTx>): string => {
  const { tier, reasons } = decideTx(...given);
  return `${tier} ${reasons.join(' ')}`.trim();
};
