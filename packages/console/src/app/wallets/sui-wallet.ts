import type { BrowserWallet } from './discover.ts';

/** A Sui wallet of the Wallet Standard, as far as we ask it. */
export interface SuiWallet {
  readonly name: string;
  readonly features: Readonly<Record<string, unknown>>;
  readonly accounts: readonly SuiAccount[];
}
interface SuiAccount {
  readonly address: string;
}
interface ConnectFeature {
  connect(): Promise<{ readonly accounts: readonly SuiAccount[] }>;
}
interface SignPersonalMessageFeature {
  signPersonalMessage(input: {
    readonly account: SuiAccount;
    readonly message: Uint8Array;
    readonly chain: string;
  }): Promise<{ readonly signature: string }>;
}

/** CAIP-2 of Sui's main network, and what the Wallet Standard calls it. */
const SUI_MAINNET = 'sui:mainnet';

/** @param name as it may be shown */
export function suiWallet(wallet: SuiWallet, name: string): BrowserWallet {
  const accounts = async () => {
    const connect = wallet.features['standard:connect'] as ConnectFeature | undefined;
    return wallet.accounts.length > 0 ? wallet.accounts : ((await connect?.connect())?.accounts ?? []);
  };
  // A wallet of several chains has accounts of several chains; addresses tell them apart.
  const isSui = ({ address }: SuiAccount) => /^0x[0-9a-f]{64}$/.test(address);
  return {
    name,
    kind: 'sui',
    async connect() {
      const account = (await accounts()).find(isSui);
      if (account === undefined) throw new Error('The wallet shared no account.');
      return { address: account.address, chain: SUI_MAINNET };
    },
    async sign(address, message) {
      const account = (await accounts()).find((candidate) => candidate.address === address);
      if (account === undefined) throw new Error('The wallet has changed its account.');
      const feature = wallet.features['sui:signPersonalMessage'] as SignPersonalMessageFeature;
      const bytes = new TextEncoder().encode(message);
      const { signature } = await feature.signPersonalMessage({ account, message: bytes, chain: SUI_MAINNET });
      return signature;
    },
  };
}
