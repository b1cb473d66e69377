import type { Wallet } from '@wardmesh/signer/client';
import { formatXrp } from '@wardmesh/wallet';
import { facts, table } from '../output/table.ts';
import { when } from '../output/time.ts';

/** `1234.5 XRP` of a decimal string of drops. */
export function xrp(drops: string): string {
  return formatXrp(BigInt(drops));
}

export function walletTable(wallets: readonly Wallet[]): string[] {
  return table(
    ['name', 'network', 'address', 'state', 'policy'],
    wallets.map((wallet) => [wallet.name, wallet.network, wallet.address, stateOf(wallet), policyOf(wallet)]),
  );
}

/** One wallet with its keys, policy, backup, and what its provider truly protects. */
export function walletLines(wallet: Wallet): string[] {
  const { protection, backup } = wallet;
  return [
    ...facts([
      ['name', wallet.name],
      ['network', wallet.network],
      ['address', wallet.address],
      ['state', stateOf(wallet)],
      ['kind', wallet.kind === 'service' ? `service: ${wallet.purpose ?? '-'}` : 'agent'],
      ['policy', `${policyOf(wallet)} (${wallet.policy.hash})`],
      ['made', when(wallet.createdAt)],
      [
        'backup',
        backup === null ? 'none' : `${when(backup.createdAt)}, ${backup.keyIds.length} keys (${backup.checksum})`,
      ],
      ['protection', `${protection.kind}: ${protection.statement}`],
    ]),
    'keys',
    ...wallet.keys.map(
      (key) => `  ${key.keyId}  ${key.role}  ${key.state}  ${key.algorithm}  ${key.address}  ${when(key.createdAt)}`,
    ),
  ];
}

export function stateOf(wallet: Wallet): string {
  if (wallet.status !== 'active') return wallet.status;
  return wallet.unlocked ? 'unlocked' : 'locked';
}

function policyOf(wallet: Wallet): string {
  return `${wallet.policy.id} ${wallet.policy.version}`;
}
