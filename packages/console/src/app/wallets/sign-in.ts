import { api } from '../api.ts';
import type { BrowserWallet } from './discover.ts';

/** Signs in with a wallet: the gateway writes the message, the wallet signs it. */
export async function signInByWallet(wallet: BrowserWallet) {
  const { address, chain } = await wallet.connect();
  const { message } = await api.call('session.challenge', { body: { chain, address } });
  const signature = await wallet.sign(address, message);
  return api.call('session.create', { body: { chain, address, message, signature } });
}
