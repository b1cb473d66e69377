import { useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { relative, visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { useNow } from '../parts/now.ts';
import { Fact } from '../parts/value.tsx';

/** What asks for attention, worst first. */
export function Health() {
  const now = useNow();
  const status = useQuery({ queryKey: ['status'], queryFn: () => api.call('status'), refetchInterval: 5_000 });
  if (status.isPending) return <Loading />;
  if (status.error) return <Notice error={status.error} retry={() => void status.refetch()} />;
  const { alerts, audit, ...facts } = status.data;
  return (
    <>
      {alerts.length === 0 ? (
        <p className="notice good" role="status">
          Nothing asks for attention.
        </p>
      ) : (
        <ul className="alerts">
          {alerts.map(({ level, code, message, hint }) => (
            <li key={`${code}${message}`} className={`notice ${level}`}>
              <p>
                <code>{code}</code> {visible(message)}
              </p>
              {hint !== null && <p className="quiet">{hint}</p>}
            </li>
          ))}
        </ul>
      )}
      <dl className="card">
        <Fact name="Version">{facts.version}</Fact>
        <Fact name="Running since">
          {when(facts.startedAt)} ({relative(facts.startedAt, now)})
        </Fact>
        <Fact name="Node">{facts.node}</Fact>
        <Fact name="Sessions">{facts.sessions}</Fact>
        <Fact name="Log">
          {audit.size} entries, {audit.healthy ? 'can be written' : 'cannot be written: no call is let through'}
        </Fact>
        <Fact name="Last verified">{audit.verifiedAt === null ? 'not since the start' : when(audit.verifiedAt)}</Fact>
        <Fact name="Policies">{visible(facts.policyVersion)}</Fact>
        {facts.certificateExpires !== null && (
          <Fact name="Certificate">
            until {when(facts.certificateExpires)} ({relative(facts.certificateExpires, now)})
          </Fact>
        )}
      </dl>
    </>
  );
}
