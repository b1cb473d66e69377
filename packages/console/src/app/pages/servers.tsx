import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { visible } from '../parts/format.ts';
import { numbered } from '../parts/lines.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { Fact } from '../parts/value.tsx';
import { linkTo } from '../route.ts';

/** The servers behind the gateway, what contains them, and what changed since they were reviewed. */
export function Servers({ me, item }: { readonly me: Me; readonly item: string | undefined }) {
  const list = useQuery({ queryKey: ['servers'], queryFn: () => api.call('servers.list'), refetchInterval: 10_000 });
  if (list.isPending) return <Loading />;
  if (list.error) return <Notice error={list.error} retry={() => void list.refetch()} />;
  const { servers } = list.data;
  if (servers.length === 0) {
    return (
      <section className="empty">
        <h2>No server yet</h2>
        <p>Every tool server runs in its own sandbox, and none of its tools works before you reviewed it.</p>
        <pre>ward servers add notes --package @modelcontextprotocol/server-memory</pre>
      </section>
    );
  }
  return (
    <div className={item === undefined ? undefined : 'split'}>
      <ul className="list" aria-label="Servers">
        {servers.map((server) => (
          <li key={server.id}>
            <a href={linkTo('servers', server.id)} aria-current={server.id === item ? 'true' : undefined}>
              <strong>{server.id}</strong>
              <span className={`state ${server.quarantined > 0 ? 'denied' : server.reviewed ? 'success' : 'pending'}`}>
                {server.quarantined > 0
                  ? `${server.quarantined} changed`
                  : server.reviewed
                    ? server.state
                    : 'not reviewed'}
              </span>
              <span className="quiet">
                {server.tools} tools · sandbox {server.sandbox}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {item !== undefined && <Detail key={item} id={item} me={me} />}
    </div>
  );
}

function Detail({ id, me }: { readonly id: string; readonly me: Me }) {
  const queries = useQueryClient();
  const shown = useQuery({ queryKey: ['servers', id], queryFn: () => api.call('servers.show', { params: { id } }) });
  const diff = useQuery({
    queryKey: ['servers', id, 'diff'],
    queryFn: () => api.call('servers.diff', { params: { id } }),
  });
  const pin = useMutation({
    mutationFn: (offer: string) => api.call('servers.pin', { params: { id }, body: { offer } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['servers'] }),
  });
  if (shown.isPending || diff.isPending) return <Loading />;
  const error = shown.error ?? diff.error;
  if (error) return <Notice error={error} />;
  const { server, tools } = shown.data!;
  const { added, changed, removed, offer } = diff.data!;
  const differs = added.length + changed.length + removed.length > 0;
  return (
    <section className="card detail" aria-labelledby="server-title">
      <h2 id="server-title">{server.id}</h2>
      <dl>
        <Fact name="State">
          {server.state}, {server.processes} processes, {server.restarts} restarts
        </Fact>
        <Fact name="Sandbox">
          {server.sandbox} <code>{server.profile}</code>
        </Fact>
        <Fact name="Reviewed">
          {server.reviewed ? `by ${visible(server.reviewedBy ?? '?')}` : 'never: none of its tools runs'}
        </Fact>
        {server.lastError !== null && <Fact name="Last error">{visible(server.lastError)}</Fact>}
      </dl>
      {differs && (
        <>
          <h3>What it offers now, against what was reviewed</h3>
          {removed.length > 0 && <p>Gone: {visible(removed.join(', '))}</p>}
          {[...changed, ...added].map(({ tool, lines }) => (
            <details key={tool} open={changed.length + added.length < 5}>
              <summary>{visible(tool)}</summary>
              <Scroll label={`Difference of ${tool}`} className="value diff">
                <pre>
                  {numbered(lines).map(({ number, text }) => (
                    <span
                      key={number}
                      className={text.startsWith('+') ? 'added' : text.startsWith('-') ? 'removed' : undefined}
                    >
                      {visible(text)}
                      {'\n'}
                    </span>
                  ))}
                </pre>
              </Scroll>
            </details>
          ))}
          {me.permissions.includes('server:manage') && offer !== null && (
            <button type="button" className="primary" disabled={pin.isPending} onClick={() => pin.mutate(offer)}>
              I have read this: pin it
            </button>
          )}
          {pin.error && <Notice error={pin.error} />}
        </>
      )}
      <h3>Tools as pinned</h3>
      {tools.length === 0 ? (
        <p className="quiet">None.</p>
      ) : (
        <table className="entries">
          <thead>
            <tr>
              <th scope="col">Tool</th>
              <th scope="col">Class</th>
              <th scope="col">Rate tier</th>
              <th scope="col">Labels</th>
              <th scope="col">Pin</th>
            </tr>
          </thead>
          <tbody>
            {tools.map((tool) => (
              <tr key={tool.name}>
                <td data-label="Tool">{visible(tool.name)}</td>
                <td data-label="Class">
                  {tool.class}
                  {tool.outward && ', outward'}
                </td>
                <td data-label="Rate tier">{tool.tier}</td>
                <td data-label="Labels">{tool.labels.join(', ') || '–'}</td>
                <td data-label="Pin">
                  <code title={tool.pin}>{tool.pin.slice(7, 19)}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
