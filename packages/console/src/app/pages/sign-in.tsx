import { useMutation, useQueryClient } from '@tanstack/react-query';
import icon from '../icon.svg';
import { Notice } from '../parts/notice.tsx';
import { ThemeSwitch } from '../parts/theme.tsx';
import { hasPasskeys } from '../passkeys/ceremony.ts';
import { signInByPasskey } from '../passkeys/sign-in.ts';
import { type BrowserWallet, useWallets } from '../wallets/discover.ts';
import { signInByWallet } from '../wallets/sign-in.ts';

const CHAINS: Readonly<Record<BrowserWallet['kind'], string>> = { solana: 'Solana', ethereum: 'Ethereum', sui: 'Sui' };

/** Signs in with a wallet, which signs a message of the gateway, or with a passkey. No password exists. */
export function SignIn() {
  const wallets = useWallets();
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: (way: BrowserWallet | 'passkey') => (way === 'passkey' ? signInByPasskey() : signInByWallet(way)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['me'] }),
  });
  return (
    <main className="centre">
      <section className="card sign-in" aria-labelledby="sign-in-title">
        <img src={icon} alt="" width="48" height="48" />
        <h1 id="sign-in-title">Sign in to Wardmesh</h1>
        <p>Your wallet signs a message of this gateway. It moves no money, and works once.</p>
        {wallets.length === 0 ? (
          <div className="empty">
            <h2>No wallet in this browser</h2>
            <p>
              Install Phantom, MetaMask or another wallet of the Wallet Standard or EIP-6963, and reload. Without one,
              everything can be decided in a terminal: <code>ward approvals list</code>.
            </p>
          </div>
        ) : (
          <ul className="wallets">
            {wallets.map((wallet) => (
              <li key={`${wallet.kind}:${wallet.name}`}>
                <button
                  type="button"
                  className="primary"
                  disabled={signIn.isPending}
                  onClick={() => signIn.mutate(wallet)}
                >
                  {signIn.isPending && signIn.variables === wallet
                    ? 'Look at your wallet…'
                    : `Continue with ${wallet.name}`}
                  <span className="quiet"> {CHAINS[wallet.kind]}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {hasPasskeys() && (
          <>
            <button type="button" disabled={signIn.isPending} onClick={() => signIn.mutate('passkey')}>
              {signIn.isPending && signIn.variables === 'passkey' ? 'Look at your device…' : 'Continue with a passkey'}
            </button>
            <p className="quiet">You add passkeys under Account, once you are in with a wallet.</p>
          </>
        )}
        {signIn.error && <Notice error={signIn.error} />}
        <p className="quiet">Never type a private key or a seed phrase into a web page: this one refuses it.</p>
        <ThemeSwitch />
      </section>
    </main>
  );
}
