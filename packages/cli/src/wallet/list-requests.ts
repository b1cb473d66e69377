import { isCoded } from '@wardmesh/core';
import type { SignerApproval } from '@wardmesh/signer/client';
import type { Context } from '../context.ts';
import { bound, type SignerRequest } from './request.ts';
import { withSigner } from './signer.ts';

/** What the gateway's states are called in the signer: a request that waits out its delay is pending too. */
const STATUSES: Readonly<Record<string, readonly SignerApproval['status'][]>> = {
  pending: ['pending', 'waiting'],
  approved: ['ready'],
  denied: ['denied'],
  expired: ['expired'],
  released: ['released'],
};

/** Requests of the signer in one of the gateway's states, or all; undefined where no signer runs. */
export async function listRequests(context: Context, state: string): Promise<readonly SignerRequest[] | undefined> {
  const isOpen = state === 'pending' || state === 'approved';
  try {
    return await withSigner(context, async (signer) => {
      const { approvals } = (await signer.request('approvals.list', { open: isOpen })).result;
      return approvals.filter(({ approval }) => STATUSES[state]?.includes(approval.status) ?? true).map(bound);
    });
  } catch (error) {
    if (isCoded(error, 'SIGNER_NOT_RUNNING')) return undefined;
    throw error;
  }
}
