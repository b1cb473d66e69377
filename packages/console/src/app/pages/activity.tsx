import { useQuery } from '@tanstack/react-query';
import type { ActivityEntry } from '@wardmesh/api';
import { useState } from 'react';
import { api } from '../api.ts';
import { Entries } from '../parts/entries.tsx';
import { Loading, Notice } from '../parts/notice.tsx';

/** What happens, as it happens. */
export function Activity() {
  const [paused, setPaused] = useState<readonly ActivityEntry[] | undefined>();
  const start = useQuery({
    queryKey: ['activity', 'start'],
    queryFn: () => api.call('activity.list', { query: { limit: 100 } }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data: live = [] } = useQuery<readonly ActivityEntry[]>({
    queryKey: ['live'],
    queryFn: () => [],
    enabled: false,
  });
  if (start.isPending) return <Loading />;
  if (start.error) return <Notice error={start.error} retry={() => void start.refetch()} />;
  const newest = live[0]?.sequence ?? 0;
  const oldest = live.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
  const known =
    newest === 0 ? start.data.entries : [...live, ...start.data.entries.filter(({ sequence }) => sequence < oldest)];
  const shown = paused ?? known;
  return (
    <>
      <div className="tools">
        <button
          type="button"
          aria-pressed={paused !== undefined}
          onClick={() => setPaused(paused === undefined ? known : undefined)}
        >
          {paused === undefined ? 'Pause' : 'Go on'}
        </button>
        <a href="#/receipts">Search the log</a>
      </div>
      {shown.length === 0 ? (
        <section className="empty">
          <h2>Nothing has happened yet</h2>
          <pre>{`ward call everything.echo '{"message":"hi"}'`}</pre>
        </section>
      ) : (
        <Entries entries={shown.slice(0, 300)} caption="Newest entries of the log" />
      )}
    </>
  );
}
