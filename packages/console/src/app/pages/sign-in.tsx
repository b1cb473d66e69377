import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import icon from '../icon.svg';
import { Notice } from '../parts/notice.tsx';
import { ThemeSwitch } from '../parts/theme.tsx';
import { type BrowserWallet, useWallets } from '../wallets/discover.ts';

/** Signs in with a wallet: the gateway writes the message, the wallet signs it, no password exists. */
export function SignIn() {
  const wallets = useWallets();
  const queries = useQueryClient();
  const signIn = useMutation({
    mutationFn: async (wallet: BrowserWallet) => {
      const { address, chain } = await wallet.connect();
      const { message } = await api.call('session.challenge', { body: { chain, address } });
      const signature = await wallet.sign(address, message);
      return api.call('session.create', { body: { chain, address, message, signature } });
    },
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
                  <span className="quiet"> {wallet.kind === 'solana' ? 'Solana' : 'Ethereum'}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {signIn.error && <Notice error={signIn.error} />}
        <p className="quiet">Never type a private key or a seed phrase into a web page: this one refuses it.</p>
        <ThemeSwitch />
      </section>
    </main>
  );
}
