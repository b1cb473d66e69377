import type { SignerClient } from '@wardmesh/signer/client';
import type { Network } from '@wardmesh/wallet';
import { usage } from '../error.ts';

/** As the signer takes them: 1 to 64 characters that can be seen, the first a letter or digit. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/** @throws CodedError USAGE */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw usage('a wallet is named with letters, digits, spaces, dots and dashes, 64 at most');
}

/** `wallet`, or the first of `wallet-2`, `wallet-3`, … that no wallet of the network has. */
export async function freeName(signer: SignerClient, network: Network): Promise<string> {
  const { result } = await signer.request('wallets.list', { network });
  const taken = new Set(result.wallets.map((wallet) => wallet.name));
  for (let count = 1; ; count++) {
    const name = count === 1 ? 'wallet' : `wallet-${count}`;
    if (!taken.has(name)) return name;
  }
}
