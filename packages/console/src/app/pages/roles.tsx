import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { shortId, visible, when } from '../parts/format.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { useWallets } from '../wallets/discover.ts';
import { walletOf } from '../wallets/session-wallet.ts';
import { Confirm } from './agents.tsx';

const ROLES = ['admin', 'operator', 'reviewer', 'author', 'consumer', 'auditor'] as const;

/** Who may do what. A grant is signed by an admin’s wallet; a revoked one stops within seconds. */
export function Roles({ me }: { readonly me: Me }) {
  const queries = useQueryClient();
  const wallets = useWallets();
  const list = useQuery({ queryKey: ['roles'], queryFn: () => api.call('roles.list'), refetchInterval: 10_000 });
  const [subject, setSubject] = useState('');
  const [role, setRole] = useState<string>('reviewer');
  const change = useMutation({
    mutationFn: async (draft: {
      readonly act: 'grant' | 'revoke';
      readonly subject: string;
      readonly role: string;
    }) => {
      const { draftId, message } = await api.call('roles.prepare', { body: draft });
      const { wallet, address } = await walletOf(me.id, wallets);
      return api.call('roles.commit', { body: { draftId, signature: await wallet.sign(address, message) } });
    },
    onSuccess: () => {
      setSubject('');
      return queries.invalidateQueries({ queryKey: ['roles'] });
    },
  });
  if (list.isPending) return <Loading />;
  if (list.error) return <Notice error={list.error} retry={() => void list.refetch()} />;
  const mayGrant = me.permissions.includes('role:grant');
  const { grants, matrix } = list.data;
  return (
    <>
      {mayGrant && (
        <form
          className="tools"
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ act: 'grant', subject: subject.trim(), role });
          }}
        >
          <label>
            Wallet (CAIP-10)
            <input
              required
              value={subject}
              placeholder="eip155:1:0x… or solana:…:…"
              onChange={(event) => setSubject(event.target.value)}
            />
          </label>
          <label>
            Role
            <select value={role} onChange={(event) => setRole(event.target.value)}>
              {ROLES.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <button type="submit" disabled={change.isPending}>
            {change.isPending ? 'Look at your wallet…' : 'Grant'}
          </button>
        </form>
      )}
      {change.error && <Notice error={change.error} />}
      {grants.length === 0 ? (
        <section className="empty">
          <h2>Nobody has a role yet</h2>
          <p>The operator of this home gives the first one, signed with the operator key:</p>
          <pre>{`ward roles grant ${me.id} admin`}</pre>
        </section>
      ) : (
        <table className="entries">
          <caption className="hidden">Grants</caption>
          <thead>
            <tr>
              <th scope="col">Who</th>
              <th scope="col">Role</th>
              <th scope="col">Granted by</th>
              <th scope="col">Since</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {grants.map((grant) => (
              <tr key={grant.id}>
                <td data-label="Who" title={grant.subject}>
                  {visible(shortId(grant.subject))}
                </td>
                <td data-label="Role">{grant.role}</td>
                <td data-label="Granted by" title={grant.grantedBy}>
                  {visible(shortId(grant.grantedBy))}
                </td>
                <td data-label="Since">{when(grant.grantedAt)}</td>
                <td data-label="State">
                  {grant.revokedAt !== null ? (
                    <span className="state denied">revoked</span>
                  ) : mayGrant ? (
                    <Confirm
                      label="Revoke"
                      question={`Take ${grant.role} from ${shortId(grant.subject)}?`}
                      onConfirm={() => change.mutate({ act: 'revoke', subject: grant.subject, role: grant.role })}
                    />
                  ) : (
                    <span className="state success">in force</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <h2>What roles may do</h2>
      <Matrix matrix={matrix} />
    </>
  );
}

/** `matrix`: role → permissions. */
function Matrix({ matrix }: { readonly matrix: Record<string, unknown> }) {
  const roles = Object.keys(matrix);
  const permissions = [
    ...new Set(Object.values(matrix).flatMap((list) => (Array.isArray(list) ? list.map(String) : []))),
  ].sort();
  return (
    <Scroll label="Matrix of roles">
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">Permission</th>
            {roles.map((role) => (
              <th key={role} scope="col">
                {role}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {permissions.map((permission) => (
            <tr key={permission}>
              <th scope="row">{permission}</th>
              {roles.map((role) => (
                <td key={role}>{(matrix[role] as string[]).includes(permission) ? 'yes' : ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
