import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { PasskeyView } from '@wardmesh/api';
import { useState } from 'react';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { type CreationOptions, createPasskey, hasPasskeys } from '../passkeys/ceremony.ts';
import { useMyPasskeys } from '../passkeys/mine.ts';
import { useWallets } from '../wallets/discover.ts';
import { walletOf } from '../wallets/session-wallet.ts';
import { signInByWallet } from '../wallets/sign-in.ts';
import { Confirm } from './agents.tsx';

/** What signs in as whoever looks: their wallet, and the passkeys that stand for it. */
export function Account({ me }: { readonly me: Me }) {
  const mine = useMyPasskeys();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (credentialId: string) => api.call('passkeys.remove', { params: { credentialId } }),
    // The session may have been that passkey's, and be over.
    onSettled: () => queries.invalidateQueries(),
  });
  if (mine.isPending) return <Loading />;
  if (mine.error) return <Notice error={mine.error} retry={() => void mine.refetch()} />;
  const { passkeys, origin, mayAdd } = mine.data;
  return (
    <>
      <section className="card">
        <h2>Wallet</h2>
        <p>
          <code>{visible(me.id)}</code>
        </p>
        <p className="quiet">
          {me.roles.join(', ')}. Your roles are this wallet’s. It can always sign in, and adds passkeys.
        </p>
      </section>
      <section className="card" aria-labelledby="passkeys-title">
        <h2 id="passkeys-title">Passkeys</h2>
        <p>
          A passkey signs in and approves with your fingerprint, face or PIN: no wallet is needed, on your phone either.
          It is bound to {origin === null ? 'this gateway’s address' : <code>{origin}</code>}, so no other page can ask
          for it, and it signs one exact request at a time. It cannot move money or grant roles: your wallet signs
          those.
        </p>
        {remove.error && <Notice error={remove.error} />}
        {passkeys.length > 0 && (
          <ul className="cards">
            {passkeys.map((passkey) => (
              <Row key={passkey.credentialId} passkey={passkey} onRemove={() => remove.mutate(passkey.credentialId)} />
            ))}
          </ul>
        )}
        <Add origin={origin} mayAdd={mayAdd} me={me} isFirst={passkeys.length === 0} />
      </section>
    </>
  );
}

function Row({ passkey, onRemove }: { readonly passkey: PasskeyView; readonly onRemove: () => void }) {
  const { label, addedAt, synced } = passkey;
  return (
    <li className="card">
      <h3>{visible(label)}</h3>
      <p className="quiet">
        added {when(addedAt)} · {synced ? 'synced between your devices' : 'on one device'}
      </p>
      <Confirm
        label={`Remove ${visible(label)}`}
        question={`End ${visible(label)}? What it opened ends now, and what it approved and was not used yet no longer counts.`}
        onConfirm={onRemove}
      />
    </li>
  );
}

interface AddProps {
  readonly origin: string | null;
  readonly mayAdd: boolean;
  readonly isFirst: boolean;
  readonly me: Me;
}

function Add({ origin, mayAdd, isFirst, me }: AddProps) {
  const queries = useQueryClient();
  const wallets = useWallets();
  const [label, setLabel] = useState('');
  const refresh = () => queries.invalidateQueries({ queryKey: ['passkeys'] });
  const confirm = useMutation({
    mutationFn: async () => signInByWallet((await walletOf(me.id, wallets)).wallet),
    onSettled: refresh,
  });
  const add = useMutation({
    mutationFn: async () => {
      const { options } = await api.call('passkeys.prepare');
      const response = await createPasskey(options as unknown as CreationOptions);
      return api.call('passkeys.add', { body: { label, response } });
    },
    onSuccess: () => setLabel(''),
    onSettled: refresh,
  });
  if (origin === null) {
    return (
      <p className="quiet">
        Passkeys need a name, and this gateway has only an address: set <code>listen.publicUrl</code> in ward.yaml.
      </p>
    );
  }
  if (origin !== window.location.origin) {
    return (
      <p className="quiet">
        Passkeys work at <a href={`${origin}/console/#/account`}>{origin}</a>: open the console there.
      </p>
    );
  }
  if (!hasPasskeys()) return <p className="quiet">This browser has no passkeys.</p>;
  if (!mayAdd) {
    return (
      <>
        {confirm.error && <Notice error={confirm.error} />}
        <p className="quiet">
          Whoever finds an open page must not leave a key behind: confirm with your wallet, then add a passkey within
          five minutes.
        </p>
        <button type="button" disabled={confirm.isPending} onClick={() => confirm.mutate()}>
          {confirm.isPending ? 'Look at your wallet…' : 'Confirm with your wallet'}
        </button>
      </>
    );
  }
  return (
    <form
      className="tools"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.error && <Notice error={add.error} />}
      <label>
        Name of the {isFirst ? 'first' : 'next'} passkey
        <input
          required
          maxLength={64}
          value={label}
          placeholder="Phone"
          onChange={(event) => setLabel(event.target.value)}
        />
      </label>
      <button type="submit" className="primary" disabled={add.isPending}>
        {add.isPending ? 'Look at your device…' : 'Add a passkey'}
      </button>
    </form>
  );
}
