import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { InjectionTarget } from './browser-wallets.ts';

export interface InjectedSuiWallet {
  readonly address: string;
  /** CAIP-10. */
  readonly id: string;
  /** Texts it was asked to sign, in order. */
  readonly asked: readonly string[];
}

/** Puts "Slush", a Sui wallet of the Wallet Standard, into a page. Its key stays in this process; the page can only ask. */
export async function injectSuiWallet(target: InjectionTarget): Promise<InjectedSuiWallet> {
  const keys = new Ed25519Keypair();
  const address = keys.toSuiAddress();
  const asked: string[] = [];
  await target.exposeFunction('testSuiSign', async (text: string) => {
    asked.push(text);
    return keys.signPersonalMessage(Buffer.from(text));
  });
  await target.addInitScript(`(${install.toString()})(${JSON.stringify(address)})`);
  return { address, id: `sui:mainnet:${address}`, asked };
}

/** Runs in the page. */
function install(address: string): void {
  const page = globalThis as unknown as EventTarget & {
    testSuiSign(text: string): Promise<{ bytes: string; signature: string }>;
  };
  const account = { address, publicKey: new Uint8Array(32), chains: ['sui:mainnet'], features: [] };
  const slush = {
    version: '1.0.0',
    name: 'Slush',
    icon: 'data:image/svg+xml;base64,PHN2Zy8+',
    chains: ['sui:mainnet', 'sui:testnet'],
    accounts: [] as object[],
    features: {
      'standard:connect': {
        version: '1.0.0',
        async connect() {
          slush.accounts = [account];
          return { accounts: slush.accounts };
        },
      },
      'sui:signPersonalMessage': {
        version: '1.1.0',
        signPersonalMessage: ({ message }: { message: Uint8Array }) =>
          page.testSuiSign(new TextDecoder().decode(message)),
      },
    },
  };
  const register = (api: { register(wallet: object): void }) => api.register(slush);
  page.addEventListener('wallet-standard:app-ready', (event) => register((event as CustomEvent).detail));
  page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));
}
