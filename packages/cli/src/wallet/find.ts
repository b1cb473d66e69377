import type { SignerClient, Wallet } from '@wardmesh/signer/client';
import { cliError } from '../error.ts';
import { parseNetwork } from './networks.ts';

/** How commands name a wallet: by name or address, with the network where that alone is not enough. */
export interface WalletOptions {
  readonly network?: string;
}

/** @throws CodedError WALLET_UNKNOWN, WALLET_AMBIGUOUS */
export async function findWallet(signer: SignerClient, name: string, options: WalletOptions = {}): Promise<Wallet> {
  const network = options.network === undefined ? null : parseNetwork(options.network);
  const { result } = await signer.request('wallets.list', { network });
  const found = result.wallets.filter((wallet) => wallet.address === name || wallet.name === name);
  const [only, other] = found;
  if (only === undefined) {
    const where = network === null ? '' : ` on ${network}`;
    throw cliError('WALLET_UNKNOWN', `there is no wallet of that name or address${where}`, {
      hint: 'ward wallet list shows them.',
    });
  }
  if (other === undefined) return only;
  const places = found.map((wallet) => `${wallet.network} ${wallet.address}`).join(', ');
  throw cliError('WALLET_AMBIGUOUS', `${found.length} wallets are named so: ${places}`, {
    hint: 'Add --network, or name it by its address.',
  });
}

/** The members that the signer's methods name a wallet by. */
export function refOf({ network, address }: Wallet): Pick<Wallet, 'network' | 'address'> {
  return { network, address };
}
