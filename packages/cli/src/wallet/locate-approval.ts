import { isCoded } from '@wardmesh/core';
import type { SignerClient } from '@wardmesh/signer/client';
import { assertBound } from '../approval-lines.ts';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import type { ControlClient } from '../control-client.ts';
import type { Approval } from '../control-types.ts';
import { isRequestId, type SignerRequest, signerRequest } from './request.ts';
import { withSigner } from './signer.ts';

/** Where a request waits: with the gateway, which asks about calls, or with the signer, which asks about wallets. */
export type Located =
  | { readonly at: 'gateway'; readonly control: ControlClient; readonly approval: Approval }
  | { readonly at: 'signer'; readonly signer: SignerClient; readonly asked: SignerRequest };

const ABSENT: ReadonlySet<string> = new Set(['APPROVAL_UNKNOWN', 'APPROVAL_NOT_FOUND']);

/**
 * Finds a request by its id, wherever it waits, and holds it to its hash before `work` sees it. Ids are UUIDs, so no two
 * places have the same one; the signer is asked first, because nothing but the signer speaks for it.
 * @throws CodedError APPROVAL_UNKNOWN, NOT_VERIFIED, and what either answers
 */
export async function withApproval<T>(
  context: Context,
  id: string,
  work: (located: Located) => Promise<T>,
): Promise<T> {
  const found = isRequestId(id) ? await inSigner(context, id, work) : undefined;
  if (found !== undefined) return found.value;
  const control = controlOf(context);
  const approval = await control.approval(id);
  assertBound(approval);
  return work({ at: 'gateway', control, approval });
}

async function inSigner<T>(
  context: Context,
  id: string,
  work: (located: Located) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  try {
    return await withSigner(context, async (signer) => {
      const asked = await signerRequest(signer, id).catch(absent);
      return asked === undefined ? undefined : { value: await work({ at: 'signer', signer, asked }) };
    });
  } catch (error) {
    if (isCoded(error, 'SIGNER_NOT_RUNNING')) return undefined;
    throw error;
  }
}

function absent(error: unknown): undefined {
  if (isCoded(error) && ABSENT.has(error.code)) return undefined;
  throw error;
}
