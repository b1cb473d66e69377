// Finds the wallets of this browser and has one sign. Names of wallets are text only: a hostile one runs nothing here.
import { ask, data, goTo, tell } from './page.js';

const list = document.getElementById('wallets');
const none = document.getElementById('none');
const shown = new Set();
let busy = false;

function toBase64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function toHex(text) {
  return `0x${[...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

async function signIn(button, work) {
  if (busy) return;
  busy = true;
  button.disabled = true;
  tell('');
  try {
    goTo((await ask('verify', await work())).location);
  } catch (error) {
    // A wallet throws what it likes; only our own sentences are shown.
    tell(error instanceof Error && error.constructor === Error ? error.message : 'The wallet did not sign.');
    button.disabled = false;
    busy = false;
  }
}

function offer(name, kind, work) {
  const key = `${kind} ${name}`;
  if (shown.has(key) || shown.size >= 64) return;
  shown.add(key);
  none.hidden = true;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = `${String(name).slice(0, 40)} – ${kind}`;
  button.addEventListener('click', () => signIn(button, work));
  list.append(button);
}

const chainOf = (namespace) => data.chains.find((chain) => chain.startsWith(`${namespace}:`));

async function challenge(chain, address) {
  const { message } = await ask('challenge', { chain, address });
  return message;
}

// Wallet Standard (Solana, Sui).
function offerStandard(wallet) {
  const features = wallet.features ?? {};
  const connect = async (prefix) => {
    const { accounts } = await features['standard:connect'].connect();
    const account = accounts.find((each) => each.chains.some((chain) => chain.startsWith(prefix))) ?? accounts[0];
    if (account === undefined) throw new Error('The wallet shared no account.');
    return account;
  };
  const solana = chainOf('solana');
  if (solana && features['standard:connect'] && (features['solana:signIn'] || features['solana:signMessage'])) {
    offer(wallet.name, 'Solana', async () => {
      if (features['solana:signIn']) {
        const { input } = await ask('challenge', { chain: solana });
        const [out] = await features['solana:signIn'].signIn(input);
        return {
          chain: solana,
          message: new TextDecoder('utf-8', { fatal: true }).decode(out.signedMessage),
          signature: toBase64(out.signature),
          address: out.account.address,
        };
      }
      const account = await connect('solana:');
      const message = await challenge(solana, account.address);
      const [out] = await features['solana:signMessage'].signMessage({
        account,
        message: new TextEncoder().encode(message),
      });
      return { chain: solana, message, signature: toBase64(out.signature), address: account.address };
    });
  }
  const sui = chainOf('sui');
  if (sui && features['standard:connect'] && features['sui:signPersonalMessage']) {
    offer(wallet.name, 'Sui', async () => {
      const account = await connect('sui:');
      const message = await challenge(sui, account.address);
      const { signature } = await features['sui:signPersonalMessage'].signPersonalMessage({
        account,
        message: new TextEncoder().encode(message),
      });
      return { chain: sui, message, signature, address: account.address };
    });
  }
}

const api = { register: (...wallets) => wallets.forEach(offerStandard) };
window.addEventListener('wallet-standard:register-wallet', (event) => event.detail?.(api));
window.dispatchEvent(new CustomEvent('wallet-standard:app-ready', { detail: api }));

// EIP-6963 (Ethereum and its roll-ups).
window.addEventListener('eip6963:announceProvider', ({ detail }) => {
  if (!chainOf('eip155') || typeof detail?.provider?.request !== 'function') return;
  offer(detail.info?.name ?? 'Wallet', 'Ethereum', async () => {
    const { provider } = detail;
    const [account] = await provider.request({ method: 'eth_requestAccounts' });
    const chain = `eip155:${Number(await provider.request({ method: 'eth_chainId' }))}`;
    if (!data.chains.includes(chain)) throw new Error('Switch the wallet to Ethereum or another chain served here.');
    const message = await challenge(chain, account);
    const signature = await provider.request({ method: 'personal_sign', params: [toHex(message), account] });
    return { chain, message, signature };
  });
});
window.dispatchEvent(new Event('eip6963:requestProvider'));

setTimeout(() => {
  none.textContent = 'No wallet was found in this browser. Install one, such as Phantom, and reload this page.';
}, 1_500);
