import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { formatDrops, relative, visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { useNow } from '../parts/now.ts';
import { Fact, Meter, Value } from '../parts/value.tsx';
import { linkTo } from '../route.ts';

/** What the signer keeps: policies as forms, what is left of the limits, and who changed what. */
export function Wallets({ me, item }: { readonly me: Me; readonly item: string | undefined }) {
  const list = useQuery({ queryKey: ['wallets'], queryFn: () => api.call('wallets.list'), refetchInterval: 10_000 });
  if (list.isPending) return <Loading />;
  if (list.error) return <Notice error={list.error} retry={() => void list.refetch()} />;
  const { available, wallets } = list.data;
  if (!available || wallets.length === 0) {
    return (
      <section className="empty">
        <h2>{available ? 'No wallet yet' : 'No signer runs beside this gateway'}</h2>
        <p>
          A wallet’s keys live in the signer, a process without a network. It decides each signature by the wallet’s
          policy. One is made in a terminal, where its password stays:
        </p>
        <pre>ward wallet create --network testnet --name treasury</pre>
      </section>
    );
  }
  const [network, address] = item?.split('/') ?? [];
  return (
    <div className={item === undefined ? undefined : 'split'}>
      <ul className="list" aria-label="Wallets">
        {wallets.map((wallet) => {
          const id = `${wallet.network}/${wallet.address}`;
          return (
            <li key={id}>
              <a href={linkTo('wallets', id)} aria-current={id === item ? 'true' : undefined}>
                <strong>{visible(wallet.name)}</strong>
                <span className={`state ${wallet.unlocked ? 'success' : 'pending'}`}>
                  {wallet.unlocked ? 'unlocked' : 'locked'}
                </span>
                <span className="quiet">
                  {wallet.network} · {wallet.address}
                </span>
              </a>
            </li>
          );
        })}
      </ul>
      {network !== undefined && address !== undefined && (
        <Detail key={item} network={network} address={address} me={me} />
      )}
    </div>
  );
}

type Network = 'mainnet' | 'testnet' | 'devnet' | 'local';

function Detail({ network, address, me }: { readonly network: string; readonly address: string; readonly me: Me }) {
  const now = useNow();
  const params = { network: network as Network, address };
  const shown = useQuery({
    queryKey: ['wallets', network, address],
    queryFn: () => api.call('wallets.show', { params }),
    refetchInterval: 5_000,
  });
  if (shown.isPending) return <Loading />;
  if (shown.error) return <Notice error={shown.error} retry={() => void shown.refetch()} />;
  const { wallet, balance, limits, policy, history } = shown.data;
  return (
    <section className="card detail" aria-labelledby="wallet-title">
      <h2 id="wallet-title">{visible(wallet.name)}</h2>
      <dl>
        <Fact name="Account">
          <code>{wallet.address}</code> on {wallet.network}
        </Fact>
        <Fact name="Balance">{balance === null ? 'no node of its ledger answers' : formatDrops(balance)}</Fact>
        <Fact name="Keys">{visible(wallet.protection)}</Fact>
        <Fact name="Backup">{wallet.backupAt === null ? 'none yet' : when(wallet.backupAt)}</Fact>
        <Fact name="Policy">
          {visible(wallet.policy.id)} {wallet.policy.version}
        </Fact>
      </dl>
      <h3>Limits</h3>
      <Meter
        label="Volume today"
        left={Number(BigInt(limits.dailyRemaining) / 1_000_000n)}
        of={Math.max(1, Number(BigInt(limits.dailyVolume) / 1_000_000n))}
        text={`${formatDrops(limits.dailyRemaining)} of ${formatDrops(limits.dailyVolume)}`}
      />
      <Meter label="Transactions this hour" left={Math.max(0, limits.perHour - limits.hourCount)} of={limits.perHour} />
      <Meter label="Transactions today" left={Math.max(0, limits.perDay - limits.dayCount)} of={limits.perDay} />
      <p className="quiet">
        {formatDrops(limits.autonomousRemaining)} more today without a person; the day begins anew{' '}
        {relative(limits.dailyResetAt, now)}.
      </p>
      <Policy params={params} policy={policy} mayChange={me.permissions.includes('wallet:manage')} />
      <h3>History</h3>
      {history.length === 0 ? (
        <p className="quiet">The policy was never changed.</p>
      ) : (
        <Value value={history} label="History of the policy" />
      )}
    </section>
  );
}

/** The figures people change most, as a form; everything else in the whole policy below. */
const FIGURES = [
  ['amounts', 'autonomousMax', 'Largest payment at once, drops'],
  ['amounts', 'delayedMax', 'Largest with a veto window, drops'],
  ['amounts', 'transactionMax', 'Largest at all, drops'],
  ['limits', 'volumePerDay', 'Volume a day, drops'],
  ['limits', 'perHour', 'Transactions an hour'],
  ['limits', 'perDay', 'Transactions a day'],
  ['limits', 'destinationsPerDay', 'New destinations a day'],
] as const;

function Policy({
  params,
  policy,
  mayChange,
}: {
  readonly params: { readonly network: Network; readonly address: string };
  readonly policy: Record<string, unknown>;
  readonly mayChange: boolean;
}) {
  const queries = useQueryClient();
  const [changed, setChanged] = useState<Readonly<Record<string, string>>>({});
  const [reason, setReason] = useState('');
  const figureOf = (group: string, name: string) =>
    String((policy[group] as Record<string, unknown> | undefined)?.[name] ?? '');
  const patch: Record<string, Record<string, unknown>> = {};
  for (const [group, name] of FIGURES) {
    const text = changed[`${group}.${name}`];
    const before = (policy[group] as Record<string, unknown> | undefined)?.[name];
    if (text === undefined || text === String(before)) continue;
    patch[group] ??= {};
    patch[group][name] = typeof before === 'number' ? Number(text) : text;
  }
  const isChanged = Object.keys(patch).length > 0;
  const propose = useMutation({
    mutationFn: () =>
      api.call('wallets.propose', { params, body: { policy: JSON.stringify(patch), mode: 'merge', reason } }),
    onSuccess: () => {
      setChanged({});
      setReason('');
      return queries.invalidateQueries({ queryKey: ['wallets'] });
    },
  });
  return (
    <>
      <h3>Policy</h3>
      <form
        className="policy"
        onSubmit={(event) => {
          event.preventDefault();
          propose.mutate();
        }}
      >
        {FIGURES.map(([group, name, label]) => {
          const id = `${group}.${name}`;
          const before = figureOf(group, name);
          const value = changed[id] ?? before;
          return (
            <label key={id}>
              {label}
              <input
                inputMode="numeric"
                pattern="\d{1,19}"
                required
                disabled={!mayChange}
                value={value}
                onChange={(event) => setChanged({ ...changed, [id]: event.target.value })}
              />
              {value !== before && <span className="quiet">{difference(before, value)}</span>}
            </label>
          );
        })}
        {mayChange && isChanged && (
          <>
            <label>
              Why (10 to 500 characters)
              <input
                required
                minLength={10}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            </label>
            <button type="submit" className="primary" disabled={propose.isPending}>
              Propose the change
            </button>
          </>
        )}
      </form>
      {propose.error && <Notice error={propose.error} />}
      {propose.data && (
        <p className="notice good" role="status">
          {propose.data.status === 'applied' ? (
            'Applied: it only tightens.'
          ) : (
            <>
              It loosens, so it waits for approval:{' '}
              <a href={linkTo('inbox', propose.data.approvalId ?? undefined)}>look at it in the inbox</a>.
            </>
          )}
        </p>
      )}
      <details>
        <summary>The whole policy</summary>
        <Value value={policy} label="The whole policy" />
      </details>
    </>
  );
}

function difference(before: string, after: string): string {
  if (!/^\d+$/.test(before) || !/^\d+$/.test(after)) return `was ${before}`;
  const change = BigInt(after) - BigInt(before);
  return `was ${before}: ${change > 0n ? 'looser, needs approval' : 'tighter, at once'}`;
}
