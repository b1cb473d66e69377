import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { Meter } from '../parts/value.tsx';

/** Who may call tools, and how much of their limits they use. */
export function Agents({ me }: { readonly me: Me }) {
  const queries = useQueryClient();
  const list = useQuery({ queryKey: ['agents'], queryFn: () => api.call('agents.list'), refetchInterval: 3_000 });
  const revoke = useMutation({
    mutationFn: (id: string) => api.call('agents.revoke', { params: { id } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['agents'] }),
  });
  if (list.isPending) return <Loading />;
  if (list.error) return <Notice error={list.error} retry={() => void list.refetch()} />;
  const mayManage = me.permissions.includes('agent:manage');
  return (
    <>
      {mayManage && <AddAgent />}
      {revoke.error && <Notice error={revoke.error} />}
      <ul className="cards">
        {list.data.agents.map((agent) => (
          <li key={agent.id} className="card">
            <h2>{visible(agent.name ?? agent.id)}</h2>
            <p className="quiet">
              {visible(agent.id)} · {agent.roles.join(', ')} · since {when(agent.createdAt)}
            </p>
            {agent.revokedAt !== null ? (
              <p className="state denied">revoked {when(agent.revokedAt)}</p>
            ) : (
              <>
                {agent.limits.map(({ tier, limit, remaining, windowSeconds }) => (
                  <Meter key={tier} label={`${tier}, ${windowSeconds} s`} left={remaining} of={limit} />
                ))}
                {mayManage && (
                  <Confirm
                    label="Revoke"
                    question={`End ${agent.id}’s token, sessions and streams now?`}
                    onConfirm={() => revoke.mutate(agent.id)}
                  />
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function AddAgent() {
  const queries = useQueryClient();
  const [id, setId] = useState('');
  const add = useMutation({
    mutationFn: () => api.call('agents.add', { body: { id } }),
    onSuccess: () => {
      setId('');
      return queries.invalidateQueries({ queryKey: ['agents'] });
    },
  });
  return (
    <form
      className="tools"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      <label>
        New agent
        <input
          value={id}
          required
          pattern="[a-z][a-z0-9\-]{0,31}"
          placeholder="billing-bot"
          onChange={(event) => setId(event.target.value)}
        />
      </label>
      <button type="submit" disabled={add.isPending}>
        Add
      </button>
      {add.error && <Notice error={add.error} />}
      {add.data && (
        <div className="notice good" role="status">
          <p>
            The token of <strong>{add.data.id}</strong>, shown this once:
          </p>
          <pre className="value">{add.data.token}</pre>
          <button type="button" onClick={() => add.reset()}>
            I have kept it
          </button>
        </div>
      )}
    </form>
  );
}

/** Two steps in one place, so that nothing is ended by a slip. */
export function Confirm({
  label,
  question,
  onConfirm,
}: {
  readonly label: string;
  readonly question: string;
  readonly onConfirm: () => void;
}) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button type="button" onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    <fieldset className="confirm">
      <legend>{question}</legend>
      <button
        type="button"
        className="danger"
        onClick={() => {
          setAsking(false);
          onConfirm();
        }}
      >
        {label}
      </button>
      <button type="button" onClick={() => setAsking(false)}>
        Keep
      </button>
    </fieldset>
  );
}
