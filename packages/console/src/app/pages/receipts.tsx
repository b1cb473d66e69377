import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import { Entries } from '../parts/entries.tsx';
import { visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { Fact, Value } from '../parts/value.tsx';
import { linkTo } from '../route.ts';
import { verifyHere } from '../verify-here.ts';

/** Search of the log, and each receipt verified in this browser. */
export function Receipts({ item }: { readonly item: string | undefined }) {
  return item === undefined ? <Search /> : <Receipt id={item} />;
}

const RESULTS = ['success', 'failure', 'denied', 'unknown'] as const;

function Search() {
  const [text, setText] = useState('');
  const [result, setResult] = useState<(typeof RESULTS)[number] | ''>('');
  // Sent when it is asked for, not while it is typed: what is not meant for the gateway has not left the page by then.
  const [search, setSearch] = useState('');
  // One page at a time, however long the log: the places where the pages before this one began.
  const [places, setPlaces] = useState<readonly number[]>([]);
  const before = places.at(-1);
  const found = useQuery({
    queryKey: ['receipts', search, result, before],
    queryFn: ({ signal }) =>
      api.call('activity.list', {
        query: {
          limit: 100,
          receipts: '1',
          ...(search !== '' && { search }),
          ...(result !== '' && { result }),
          ...(before !== undefined && { before }),
        },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  const entries = found.data?.entries ?? [];
  const next = found.data?.next ?? null;
  return (
    <>
      <search>
        <form
          className="tools"
          onSubmit={(event) => {
            event.preventDefault();
            setSearch(text.trim());
            setPlaces([]);
          }}
        >
          <label>
            Search
            <input
              type="search"
              data-accepts-hash
              placeholder="tool, agent, id or transaction hash"
              value={text}
              maxLength={200}
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <label>
            Result
            <select
              value={result}
              onChange={(event) => {
                setResult(event.target.value as typeof result);
                setPlaces([]);
              }}
            >
              <option value="">all</option>
              {RESULTS.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <button type="submit">Search the log</button>
        </form>
      </search>
      {found.error && <Notice error={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.isSuccess && entries.length === 0 && next !== null && (
        <p role="status">None among the newest that were looked through. Older ones may match.</p>
      )}
      {found.isSuccess && entries.length === 0 && next === null && (
        <section className="empty">
          <h2>No receipt matches</h2>
          <p>Every call leaves one, also those that were refused. Ask for less, or look at Activity.</p>
        </section>
      )}
      {entries.length > 0 && <Entries entries={entries} caption="Receipts" />}
      <div className="tools">
        {places.length > 0 && (
          <button type="button" disabled={found.isFetching} onClick={() => setPlaces(places.slice(0, -1))}>
            Newer
          </button>
        )}
        {next !== null && (
          <button type="button" disabled={found.isFetching} onClick={() => setPlaces([...places, next])}>
            {found.isFetching ? 'Loading…' : 'Older'}
          </button>
        )}
      </div>
    </>
  );
}

function Receipt({ id }: { readonly id: string }) {
  const loaded = useQuery({
    queryKey: ['receipt', id],
    queryFn: async () => {
      const [receipt, { vkey }] = await Promise.all([
        api.call('receipts.export', { params: { id } }),
        api.call('log.key'),
      ]);
      return { receipt, vkey, verdict: verifyHere(receipt, vkey) };
    },
  });
  if (loaded.isPending) return <Loading />;
  if (loaded.error) return <Notice error={loaded.error} retry={() => void loaded.refetch()} />;
  const { receipt, vkey, verdict } = loaded.data;
  const save = () => {
    const url = URL.createObjectURL(new Blob([verdict.text], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `receipt-${id}.json`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <section className="card detail" aria-labelledby="receipt-title">
      <p>
        <a href={linkTo('receipts')}>All receipts</a>
      </p>
      <h2 id="receipt-title">Receipt {id.slice(0, 8)}</h2>
      {verdict.ok ? (
        <p className="notice good" role="status">
          <strong>Verified in this browser:</strong> entry {verdict.index + 1} of {verdict.size} in the log of{' '}
          {verdict.origin}.
        </p>
      ) : (
        <div role="alert" className="notice critical">
          <p>
            <strong>Not genuine:</strong> <code>{verdict.code}</code> {verdict.message}
          </p>
        </div>
      )}
      {verdict.ok && (
        <dl>
          <Fact name="Time">{when(verdict.entry.timestamp)}</Fact>
          <Fact name="Tool">{visible(verdict.entry.toolName)}</Fact>
          <Fact name="Asked by">{visible(verdict.entry.actor.id ?? '–')}</Fact>
          <Fact name="Result">{verdict.entry.operation.result}</Fact>
          {verdict.entry.receipt?.effect.tx !== undefined && (
            <Fact name="Transaction">
              <code>{verdict.entry.receipt.effect.tx}</code>
            </Fact>
          )}
        </dl>
      )}
      <p className="quiet">
        Checked with the key this gateway gave. A stranger brings the key from elsewhere:{' '}
        <code>ward verify FILE --key {vkey}</code>
      </p>
      <button type="button" onClick={save}>
        Save
      </button>
      <Value value={receipt} label="The whole receipt" />
    </section>
  );
}
