import { useQuery, useQueryClient } from '@tanstack/react-query';
import { isCoded } from '@wardmesh/core';
import { type ReactNode, useEffect, useState } from 'react';
import { api } from './api.ts';
import icon from './icon.svg';
import { useLiveEvents } from './live.ts';
import { Account } from './pages/account.tsx';
import { Activity } from './pages/activity.tsx';
import { Agents } from './pages/agents.tsx';
import { Health } from './pages/health.tsx';
import { Inbox } from './pages/inbox.tsx';
import { Receipts } from './pages/receipts.tsx';
import { Roles } from './pages/roles.tsx';
import { Servers } from './pages/servers.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Wallets } from './pages/wallets.tsx';
import { shortId } from './parts/format.ts';
import { Notice } from './parts/notice.tsx';
import { ThemeSwitch } from './parts/theme.tsx';
import { linkTo, PAGES, type Page, useRoute } from './route.ts';

const TITLES: Readonly<Record<Page, string>> = {
  inbox: 'Inbox',
  activity: 'Activity',
  receipts: 'Receipts',
  servers: 'Servers',
  agents: 'Agents',
  wallets: 'Wallets',
  roles: 'Roles',
  health: 'Health',
  account: 'Account',
};

/** What one needs to see a page. */
const NEEDS: Readonly<Record<Page, string>> = {
  inbox: 'approval:read',
  activity: 'event:read',
  receipts: 'receipt:export',
  servers: 'server:read',
  agents: 'agent:read',
  wallets: 'wallet:read',
  roles: 'role:read',
  health: 'health:read',
  account: 'person:read',
};

export interface Me {
  readonly id: string;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  /** What they may do to what is their own only. */
  readonly own: readonly string[];
}

export function App() {
  const me = useQuery({ queryKey: ['me'], queryFn: () => api.call('me'), retry: false, staleTime: 60_000 });
  if (me.isPending) return <main className="centre" aria-busy="true" />;
  if (me.error) {
    if (isCoded(me.error, 'NOT_SIGNED_IN')) return <SignIn />;
    return (
      <main className="centre">
        <Notice error={me.error} retry={() => void me.refetch()} />
      </main>
    );
  }
  return <Shell me={me.data} />;
}

function Shell({ me }: { readonly me: Me }) {
  const route = useRoute();
  const live = useLiveEvents([...me.permissions, ...me.own].includes('event:read'));
  const waiting = useQuery({
    queryKey: ['approvals', 'open'],
    queryFn: () => api.call('approvals.list', { query: { all: '0' } }),
    enabled: [...me.permissions, ...me.own].includes('approval:read'),
    refetchInterval: 5_000,
  });
  const mine = waiting.data?.approvals.filter(({ mayDecide }) => mayDecide).length ?? 0;
  useEffect(() => {
    document.title = `${mine > 0 ? `(${mine}) ` : ''}${TITLES[route.page]} · Wardmesh`;
  }, [mine, route.page]);
  const allowed = PAGES.filter((page) => [...me.permissions, ...me.own].includes(NEEDS[page]));
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="top">
        <span className="brand">
          <img src={icon} alt="" width="22" height="22" /> Wardmesh
        </span>
        <span className={`live ${live}`} title={LIVE_WORDS[live]}>
          {LIVE_WORDS[live]}
        </span>
        <ThemeSwitch />
        <SignedInAs me={me} />
      </header>
      <nav aria-label="Pages">
        <ul>
          {allowed.map((page) => (
            <li key={page}>
              <a href={linkTo(page)} aria-current={page === route.page ? 'page' : undefined}>
                {TITLES[page]}
                {page === 'inbox' && mine > 0 && (
                  <span className="badge">
                    {mine}
                    <span className="hidden"> to decide</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" tabIndex={-1}>
        <SecretRefused />
        <h1>{TITLES[route.page]}</h1>
        {allowed.includes(route.page) ? pageOf(route.page, route.item, me) : <NotAllowed me={me} page={route.page} />}
      </main>
    </div>
  );
}

const LIVE_WORDS = { off: 'Not live', connecting: 'Connecting…', live: 'Live' } as const;

function pageOf(page: Page, item: string | undefined, me: Me): ReactNode {
  switch (page) {
    case 'inbox':
      return <Inbox me={me} item={item} />;
    case 'activity':
      return <Activity />;
    case 'receipts':
      return <Receipts item={item} />;
    case 'servers':
      return <Servers me={me} item={item} />;
    case 'agents':
      return <Agents me={me} />;
    case 'wallets':
      return <Wallets me={me} item={item} />;
    case 'roles':
      return <Roles me={me} />;
    case 'health':
      return <Health />;
    case 'account':
      return <Account me={me} />;
  }
}

function NotAllowed({ me, page }: { readonly me: Me; readonly page: Page }) {
  return (
    <section className="empty">
      <h2>{me.roles.length === 0 ? 'You have no role yet' : 'Your roles do not open this page'}</h2>
      <p>
        {TITLES[page]} needs the permission <code>{NEEDS[page]}</code>. An admin gives you a role with:
      </p>
      <pre>{`ward roles grant ${me.id} operator`}</pre>
      <p>This page notices by itself.</p>
    </section>
  );
}

function SignedInAs({ me }: { readonly me: Me }) {
  const queries = useQueryClient();
  const signOut = async () => {
    await api.call('session.end').catch(() => {});
    queries.clear();
    await queries.invalidateQueries();
    window.location.reload();
  };
  return (
    <div className="account">
      <span title={me.id}>{shortId(me.id)}</span>
      <span className="roles">{me.roles.join(', ') || 'no role'}</span>
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}

/** Told once when a field refused a key. */
function SecretRefused() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const show = () => setShown(true);
    document.addEventListener('ward:secret-refused', show);
    return () => document.removeEventListener('ward:secret-refused', show);
  }, []);
  if (!shown) return null;
  return (
    <div role="alert" className="notice critical">
      <p>
        <strong>That looked like a private key or a seed phrase.</strong> It was refused and has not left this page.
        Wardmesh never asks for one here: import keys with <code>ward wallet import</code> in a terminal of your own. If
        it was in your clipboard, clear that too.
      </p>
      <button type="button" onClick={() => setShown(false)}>
        Close
      </button>
    </div>
  );
}
