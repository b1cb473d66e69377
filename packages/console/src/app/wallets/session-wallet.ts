import type { BrowserWallet } from './discover.ts';

/**
 * The wallet of this page that belongs to a signed-in person: `solana:…:ADDRESS`, `sui:mainnet:ADDRESS` or
 * `eip155:1:ADDRESS` (CAIP-10).
 */
export async function walletOf(
  person: string,
  wallets: readonly BrowserWallet[],
): Promise<{ wallet: BrowserWallet; address: string }> {
  const address = person.slice(person.lastIndexOf(':') + 1);
  const namespace = person.slice(0, person.indexOf(':'));
  const kind = namespace === 'eip155' ? 'ethereum' : namespace;
  for (const wallet of wallets) {
    if (wallet.kind !== kind) continue;
    const connected = await wallet.connect();
    if (connected.address.toLowerCase() === address.toLowerCase()) return { wallet, address: connected.address };
  }
  throw new Error('The wallet you signed in with is not in this browser, or shows another account.');
}
