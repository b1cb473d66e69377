import type { Wallet } from '@wardmesh/signer/client';
import { type Address, type Network, parseAddress } from '@wardmesh/wallet';
import type { Call } from './call.ts';
import { WalletMcpError } from './error.ts';

export interface WalletChoice {
  readonly wallet_address?: string | undefined;
  readonly wallet_id?: string | undefined;
  readonly network?: Network | undefined;
}

export interface ChosenWallet {
  readonly network: Network;
  readonly address: Address;
  readonly wallet: Wallet;
}

/** A party's address, checked by checksum, and an X-address also by network (W19). @throws INVALID_ADDRESS */
export function readParty(text: string, network: Network, what: string): { address: Address; tag: number | null } {
  const parsed = parseAddress(text, { test: network !== 'mainnet' });
  if (!parsed.ok) throw new WalletMcpError('INVALID_ADDRESS', `${what}: ${parsed.error.message}`);
  return parsed.value;
}

/** As {@link readParty} for an account of one's own, which has no tag. */
export function readAccount(text: string, network: Network, what = 'wallet_address'): Address {
  const { address, tag } = readParty(text, network, what);
  if (tag !== null) throw new WalletMcpError('INVALID_ADDRESS', `${what}: an account of one’s own has no tag`);
  return address;
}

/**
 * The wallet that a call means. One of another network is never used, even where it has the same address (W2).
 * @throws INVALID_ADDRESS, WALLET_NOT_FOUND, NETWORK_MISMATCH
 */
export async function chooseWallet(call: Call, choice: WalletChoice): Promise<ChosenWallet> {
  const network = choice.network ?? call.networks.current;
  const { wallets } = await call.signer.request('wallets.list', { network: null });
  const wanted = (wallet: Wallet): boolean =>
    choice.wallet_id === undefined ? wallet.address === address : wallet.walletId === choice.wallet_id;
  const address = choice.wallet_address === undefined ? null : readAccount(choice.wallet_address, network);
  const found = wallets.filter(wanted);
  const wallet = found.find((one) => one.network === network);
  if (wallet !== undefined) return { network, address: wallet.address as Address, wallet };
  const [elsewhere] = found;
  if (elsewhere !== undefined) {
    throw new WalletMcpError('NETWORK_MISMATCH', `the wallet is of ${elsewhere.network}, not of ${network}`, {
      hint: `Pass network: "${elsewhere.network}" if that is the one you mean.`,
    });
  }
  throw new WalletMcpError('WALLET_NOT_FOUND', `no such wallet on ${network}`, {
    hint: 'wallet_list shows yours; wallet_create asks the operator for one.',
  });
}
