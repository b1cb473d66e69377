import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApprovalView } from '@wardmesh/api';
import { useMemo, useState } from 'react';
import { api } from '../api.ts';
import type { Me } from '../app.tsx';
import { relative, shortId, visible, when } from '../parts/format.ts';
import { numbered } from '../parts/lines.ts';
import { Loading, Notice } from '../parts/notice.tsx';
import { useNow } from '../parts/now.ts';
import { Fact, isShownWhole, Value } from '../parts/value.tsx';
import { useUsablePasskeys } from '../passkeys/mine.ts';
import { signDecisionByPasskey } from '../passkeys/sign-decision.ts';
import { linkTo } from '../route.ts';
import { useWallets } from '../wallets/discover.ts';
import { isBound, signDecision } from '../wallets/sign-decision.ts';

/** What waits for a person: each with exactly what would run, decided in one gesture. */
export function Inbox({ me, item }: { readonly me: Me; readonly item: string | undefined }) {
  const [all, setAll] = useState(false);
  const list = useQuery({
    queryKey: ['approvals', all ? 'all' : 'open'],
    queryFn: () => api.call('approvals.list', { query: { all: all ? '1' : '0' } }),
    refetchInterval: 5_000,
  });
  const now = useNow();
  if (list.isPending) return <Loading />;
  if (list.error) return <Notice error={list.error} retry={() => void list.refetch()} />;
  const { approvals } = list.data;
  const chosen = approvals.find(({ id }) => id === item);
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> Show what is over too
      </label>
      {approvals.length === 0 ? (
        <section className="empty">
          <h2>Nothing waits for you</h2>
          <p>
            When policy stops a call for a person, it appears here with its exact arguments. Try it: let an agent write
            a file with the default policy.
          </p>
          <pre>{`ward call files.write_file '{"path":"hello.txt","content":"hello"}'`}</pre>
        </section>
      ) : (
        <div className={chosen ? 'split' : undefined}>
          <ul className="list" aria-label="Requests">
            {approvals.map((approval) => (
              <li key={approval.id}>
                <a href={linkTo('inbox', approval.id)} aria-current={approval.id === item ? 'true' : undefined}>
                  <strong>{visible(`${approval.binding.server}.${approval.binding.tool}`)}</strong>
                  <span className={`state ${approval.state}`}>{approval.state}</span>
                  <span className="quiet">
                    {visible(shortId(approval.binding.principal))} · {timeLine(approval, now)}
                  </span>
                </a>
              </li>
            ))}
          </ul>
          {chosen && <Detail key={chosen.id} approval={chosen} me={me} now={now} />}
        </div>
      )}
    </>
  );
}

function timeLine({ state, releaseAt, expiresAt, createdAt }: ApprovalView, now: number): string {
  if (state !== 'pending') return relative(createdAt, now);
  if (releaseAt !== null) return `signed ${relative(releaseAt, now)} unless vetoed`;
  return `expires ${relative(expiresAt, now)}`;
}

function Detail({ approval, me, now }: { readonly approval: ApprovalView; readonly me: Me; readonly now: number }) {
  const wallets = useWallets();
  const passkeys = useUsablePasskeys();
  const queries = useQueryClient();
  const [byWallet, setByWallet] = useState(false);
  // The signer moves money: it counts wallets only.
  const passkey = approval.source === 'gateway' && !byWallet ? passkeys : undefined;
  const device = passkey === undefined ? 'wallet' : 'device';
  const [reason, setReason] = useState('');
  // Once for each request and not with each tick of the clock: arguments may be a megabyte.
  const bound = useMemo(() => isBound(approval), [approval]);
  const isWhole = useMemo(() => isShownWhole(approval.binding.arguments), [approval]);
  const isVeto = approval.releaseAt !== null;
  const decide = useMutation({
    mutationFn: async (decision: 'approve' | 'deny') => {
      const signed =
        passkey === undefined
          ? await signDecision(decision, approval, me.id, wallets)
          : await signDecisionByPasskey(decision, approval, passkey);
      const params = { id: approval.id };
      return decision === 'approve'
        ? api.call('approvals.approve', { params, body: signed })
        : api.call('approvals.deny', { params, body: { ...signed, reason } });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['approvals'] }),
  });
  const { binding } = approval;
  return (
    <section className="card detail" aria-labelledby="request-title">
      <h2 id="request-title">{visible(`${binding.server}.${binding.tool}`)}</h2>
      {!bound && (
        <div role="alert" className="notice critical">
          <p>
            <strong>Sign nothing.</strong> What is shown here does not hash to what would be signed. Stop the gateway
            and run <code>ward audit verify</code>.
          </p>
        </div>
      )}
      {approval.explanation.length > 0 && (
        <ul className="lines">
          {numbered(approval.explanation).map(({ number, text }) => (
            <li key={number}>{visible(text)}</li>
          ))}
        </ul>
      )}
      <Value value={binding.arguments} label="Exact arguments" />
      <dl>
        <Fact name="Asked by">{visible(binding.principal)}</Fact>
        <Fact name="Stopped because">{visible(approval.reason.join(', ')) || '–'}</Fact>
        <Fact name="State">
          {approval.state}, {timeLine(approval, now)} ({when(approval.expiresAt)})
        </Fact>
        <Fact name="Signatures">
          {approval.collected} of {approval.quorum}
          {approval.signedBy.length > 0 && `: ${visible(approval.signedBy.map(shortId).join(', '))}`}
        </Fact>
        <Fact name="Tool pin">
          <code>{binding.pin}</code>
        </Fact>
        <Fact name="Policy">
          <code>{visible(binding.policyVersion)}</code>
        </Fact>
        <Fact name="Signed hash">
          <code>{approval.over}</code> {bound && <span className="good">matches what is shown</span>}
        </Fact>
        {approval.denyReason !== null && <Fact name="Denied because">{visible(approval.denyReason)}</Fact>}
      </dl>
      {decide.error && <Notice error={decide.error} />}
      {approval.mayDecide ? (
        <form
          className="decide"
          onSubmit={(event) => {
            event.preventDefault();
            if (bound && isWhole) decide.mutate('approve');
          }}
        >
          {!isWhole && (
            <p className="notice warn" role="status">
              These arguments are too long to be shown whole, and nobody approves what they have not seen. Read them in
              a terminal with <code>ward approvals show {approval.id}</code> and approve them there, or deny them here.
            </p>
          )}
          <button type="submit" className="primary" disabled={!bound || !isWhole || decide.isPending}>
            {decide.isPending && decide.variables === 'approve'
              ? `Look at your ${device}…`
              : 'Approve exactly this, once'}
          </button>
          <label>
            Reason for {isVeto ? 'the veto' : 'denying'} (optional)
            <input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
          </label>
          <button
            type="button"
            className="danger"
            disabled={!bound || decide.isPending}
            onClick={() => decide.mutate('deny')}
          >
            {isVeto ? 'Veto' : 'Deny'}
          </button>
          {approval.source === 'gateway' && passkeys !== undefined && (
            <label className="check">
              <input type="checkbox" checked={byWallet} onChange={(event) => setByWallet(event.target.checked)} /> Sign
              with your wallet instead of a passkey
            </label>
          )}
        </form>
      ) : (
        approval.state === 'pending' && <p className="quiet">You may look at this request, and not decide it.</p>
      )}
    </section>
  );
}
