import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';

/** What a page under test is given: Playwright's `Page` or `BrowserContext`. */
export interface InjectionTarget {
  exposeFunction(name: string, callback: (...args: never[]) => unknown): Promise<unknown>;
  addInitScript(script: string): Promise<unknown>;
}

export interface InjectedWallets {
  readonly solana: { readonly address: string /** CAIP-10. */; readonly id: string };
  readonly ethereum: { readonly address: string; readonly id: string };
  /** Texts that the wallets were asked to sign, in order. */
  readonly asked: readonly string[];
  /** While true, every request to sign is refused as a person would. */
  refuse: boolean;
}

const SOLANA_MAINNET = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

/**
 * Puts a wallet into a page as extensions do: "Phantom" of the Wallet Standard and "MetaMask" of EIP-6963. The keys stay
 * in this process, as they stay in an extension; the page can only ask.
 */
export async function injectWallets(target: InjectionTarget): Promise<InjectedWallets> {
  const solanaKey = generateKeyPairSync('ed25519').privateKey;
  const address = base58(rawPublicKey(solanaKey));
  const account = privateKeyToAccount(generatePrivateKey());
  const asked: string[] = [];
  const wallets = {
    solana: { address, id: `${SOLANA_MAINNET}:${address}` },
    ethereum: { address: account.address as string, id: `eip155:1:${account.address}` },
    asked,
    refuse: false,
  };
  const ask = (text: string): void => {
    asked.push(text);
    if (wallets.refuse) throw new Error('User rejected the request.');
  };
  await target.exposeFunction('testSolanaSign', (text: string) => {
    ask(text);
    return sign(null, Buffer.from(text), solanaKey).toString('base64');
  });
  await target.exposeFunction('testEthereumSign', (hex: `0x${string}`) => {
    ask(Buffer.from(hex.slice(2), 'hex').toString());
    return account.signMessage({ message: { raw: hex } });
  });
  await target.addInitScript(
    `(${install.toString()})(${JSON.stringify({ solana: address, ethereum: account.address })})`,
  );
  return wallets;
}

/** Runs in the page. */
function install(addresses: { readonly solana: string; readonly ethereum: string }): void {
  const page = globalThis as unknown as EventTarget & {
    testSolanaSign(text: string): Promise<string>;
    testEthereumSign(hex: string): Promise<string>;
  };
  const account = {
    address: addresses.solana,
    publicKey: new Uint8Array(32),
    chains: ['solana:mainnet'],
    features: [],
  };
  const phantom = {
    version: '1.0.0',
    name: 'Phantom',
    icon: 'data:image/svg+xml;base64,PHN2Zy8+',
    chains: ['solana:mainnet', 'solana:devnet'],
    accounts: [] as object[],
    features: {
      'standard:connect': {
        version: '1.0.0',
        async connect() {
          phantom.accounts = [account];
          return { accounts: phantom.accounts };
        },
      },
      'solana:signMessage': {
        version: '1.0.0',
        async signMessage({ message }: { message: Uint8Array }) {
          const signed = await page.testSolanaSign(new TextDecoder().decode(message));
          const signature = Uint8Array.from(atob(signed), (character) => character.charCodeAt(0));
          return [{ signedMessage: message, signature }];
        },
      },
    },
  };
  const register = (api: { register(wallet: object): void }) => api.register(phantom);
  page.addEventListener('wallet-standard:app-ready', (event) => register((event as CustomEvent).detail));
  page.dispatchEvent(new CustomEvent('wallet-standard:register-wallet', { detail: register }));

  const provider = {
    async request({ method, params }: { method: string; params?: readonly string[] }) {
      if (method === 'eth_requestAccounts' || method === 'eth_accounts') return [addresses.ethereum];
      if (method === 'eth_chainId') return '0x1';
      if (method === 'personal_sign') return page.testEthereumSign(params![0]!);
      throw Object.assign(new Error(`${method} is not supported`), { code: 4200 });
    },
  };
  const announce = () =>
    page.dispatchEvent(
      new CustomEvent('eip6963:announceProvider', {
        detail: Object.freeze({
          info: { uuid: '350670db-19fa-4704-a166-e52e178b59d2', name: 'MetaMask', icon: '', rdns: 'io.metamask' },
          provider,
        }),
      }),
    );
  page.addEventListener('eip6963:requestProvider', announce);
  announce();
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const pem = key.export({ format: 'pem', type: 'pkcs8' });
  return createPublicKey(createPrivateKey(pem)).export({ format: 'der', type: 'spki' }).subarray(-32);
}

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function base58(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}
