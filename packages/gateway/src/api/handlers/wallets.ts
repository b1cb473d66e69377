import { CodedError } from '@wardmesh/core';
import type { ApiDeps, WalletsPort } from '../deps.ts';
import type { Handlers } from '../handler.ts';

/** What the signer says is passed on as it is: its own schemas, and those of the API, hold it. */
export const walletHandlers: Handlers<'wallets.list' | 'wallets.show' | 'wallets.propose'> = {
  'wallets.list': async (_request, { wallets }) => {
    if (wallets === undefined) return { available: false, wallets: [] };
    return { available: true, wallets: (await wallets.list()) as never };
  },
  'wallets.show': async ({ params }, deps) => (await signerOf(deps).show(params.network, params.address)) as never,
  'wallets.propose': async ({ params, body, caller }, deps) =>
    (await signerOf(deps).propose({ ...params, ...body, by: caller!.id })) as never,
};

function signerOf({ wallets }: ApiDeps): WalletsPort {
  if (wallets !== undefined) return wallets;
  throw new CodedError('SIGNER_NOT_RUNNING', 'No signer runs beside this gateway.', { hint: 'ward doctor says why.' });
}
