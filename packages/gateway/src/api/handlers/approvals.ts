import type { ApprovalView } from '@wardmesh/api';
import { type ApprovalRequest, mayBeOne } from '@wardmesh/approvals';
import { CodedError } from '@wardmesh/core';
import { tellDecision } from '../../telemetry/tell-decision.ts';
import type { ApiDeps, Caller } from '../deps.ts';
import type { Handlers } from '../handler.ts';

type Id = 'approvals.list' | 'approvals.show' | 'approvals.approve' | 'approvals.deny';

/** The gateway's own requests and the signer's, side by side. */
export const approvalHandlers: Handlers<Id> = {
  'approvals.list': async ({ query, caller, extent }, deps) => {
    const open = query.all === '0';
    const [own, signers] = await Promise.all([
      deps.gateway.services.approvals.list(open ? { open: true } : {}),
      // A signer that is down must not hide what the gateway itself waits for; health says that it is down.
      deps.wallets?.approvals(open).catch(() => []) ?? [],
    ]);
    const approvals = [...own.map(toView), ...signers]
      .filter((view) => extent === 'any' || view.binding.principal === caller!.id)
      .map((view) => ({ ...view, mayDecide: mayDecide(view, caller!) }))
      .sort((a, b) => b.createdAt - a.createdAt);
    return { approvals };
  },

  'approvals.show': async ({ params, caller, extent }, deps) => {
    const view = await find(params.id, deps);
    // Another's request is as good as none.
    if (extent === 'own' && view.binding.principal !== caller!.id) throw unknown();
    return { ...view, mayDecide: mayDecide(view, caller!) };
  },

  'approvals.approve': async ({ params, body, caller }, deps) => {
    const { gateway, wallets } = deps;
    const before = await find(params.id, deps);
    await assertOwnKey(body.keyId, caller!, before, deps);
    if (before.source === 'signer') await wallets!.approve(params.id, body.keyId, body.signature);
    else {
      const decided = await gateway.services.approvals.approve(params.id, body);
      gateway.journal.record(
        'approval.approve',
        { approvalId: decided.id, over: decided.over, keyId: body.keyId },
        'success',
        'user',
      );
    }
    const after = await find(params.id, deps);
    tellDecision(gateway, 'approved', after);
    return { ...after, mayDecide: mayDecide(after, caller!) };
  },

  'approvals.deny': async ({ params, body, caller }, deps) => {
    const { gateway, wallets } = deps;
    const before = await find(params.id, deps);
    await assertOwnKey(body.keyId, caller!, before, deps);
    if (before.source === 'signer') await wallets!.deny(params.id, body.keyId, body.signature, body.reason);
    else {
      const { reason, ...signed } = body;
      const decided = await gateway.services.approvals.deny(params.id, signed, reason === '' ? undefined : reason);
      gateway.journal.record(
        'approval.deny',
        { approvalId: decided.id, over: decided.over, keyId: body.keyId },
        'success',
        'user',
      );
    }
    const after = await find(params.id, deps);
    tellDecision(gateway, 'denied', after);
    return { ...after, mayDecide: mayDecide(after, caller!) };
  },
};

/** `deciders`: the signer knows its own approvers, and counts nobody else's signature. */
type View = Omit<ApprovalView, 'mayDecide'> & { readonly deciders?: readonly string[] };

async function find(id: string, { gateway, wallets }: ApiDeps): Promise<View> {
  try {
    return toView(await gateway.services.approvals.show(id));
  } catch (error) {
    if (!(error instanceof CodedError) || error.code !== 'APPROVAL_UNKNOWN' || wallets === undefined) throw error;
    const found = (await wallets.approvals(false)).find((view) => view.id === id);
    if (found === undefined) throw error;
    return found;
  }
}

function toView(request: ApprovalRequest): View {
  return {
    id: request.id,
    source: 'gateway',
    state: request.state,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    over: request.over,
    quorum: request.quorum,
    collected: request.signatures.length,
    reason: [...request.reason],
    binding: { ...request.binding },
    signedBy: request.signatures.map(({ by }) => by),
    denyReason: request.denyReason ?? null,
    releaseAt: null,
    explanation: [],
  };
}

function mayDecide(view: View, caller: Caller): boolean {
  return (
    view.state === 'pending' &&
    caller.rights.any.has('approval:decide') &&
    !mayBeOne(view.binding.principal, caller.id) &&
    view.deciders?.includes(caller.id) !== false
  );
}

function unknown(): CodedError {
  return new CodedError('APPROVAL_UNKNOWN', 'There is no such request.');
}

/** The signature decides; still nobody hands in another's from their own session. */
async function assertOwnKey(keyId: string, caller: Caller, { source }: View, { gateway }: ApiDeps): Promise<void> {
  if (keyId === caller.id) return;
  const passkey = /^passkey:(.+)$/.exec(keyId)?.[1];
  const isTheirs = passkey !== undefined && (await gateway.home.passkeys.accountOf(passkey)) === caller.id;
  if (!isTheirs) {
    throw new CodedError('KEY_NOT_YOURS', 'The key is not that of the wallet you signed in with.', {
      hint: 'Sign in with the wallet that approves.',
    });
  }
  if (source === 'gateway') return;
  throw new CodedError('PASSKEY_NOT_COUNTED', 'The signer counts no passkeys.', {
    hint: 'Sign what moves money with your wallet.',
  });
}
