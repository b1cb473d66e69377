import { CodedError, type Json } from '@wardmesh/core';
import type { WalletSignedIn } from '../../people/passkeys.ts';
import { lockIdOf } from '../../pipeline/lock-id.ts';
import type { ApiDeps, Caller } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { giveSession, tellRefused } from './session.ts';

type Id =
  | 'passkeys.list'
  | 'passkeys.prepare'
  | 'passkeys.add'
  | 'passkeys.remove'
  | 'session.passkeyChallenge'
  | 'session.passkey';

/** Passkeys of whoever asks: nobody sees, adds or ends another's. */
export const passkeyHandlers: Handlers<Id> = {
  'passkeys.list': async ({ caller }, deps) => {
    const { passkeys } = deps.gateway.home;
    const origin = passkeys.origin ?? null;
    const by = walletSignIn(caller!, deps);
    return {
      origin,
      rpId: origin === null ? null : new URL(origin).hostname,
      mayAdd: by !== undefined && passkeys.isFresh(by),
      passkeys: (await passkeys.list(caller!.id)).map((view) => ({ ...view, transports: [...view.transports] })),
    };
  },

  'passkeys.prepare': async ({ caller }, deps) => ({
    options: { ...(await deps.gateway.home.passkeys.registrationOptions(assertWallet(caller!, deps))) },
  }),

  'passkeys.add': async ({ body, caller }, deps) => {
    const by = assertWallet(caller!, deps);
    const added = await deps.gateway.home.passkeys.add(by, body.label, body.response as Json);
    const { credentialId } = added;
    deps.gateway.journal.record('passkey.add', { person: caller!.id, credentialId }, 'success', 'user');
    return { ...added, transports: [...added.transports] };
  },

  'passkeys.remove': async ({ params, caller }, { sessions, gateway }) => {
    const { credentialId } = params;
    await gateway.home.passkeys.remove(caller!.id, credentialId);
    sessions.endOpenedBy(`passkey:${credentialId}`);
    gateway.journal.record('passkey.remove', { person: caller!.id, credentialId }, 'success', 'user');
    return { credentialId, removed: true };
  },

  'session.passkeyChallenge': async (_request, { gateway }) => {
    const { passkeys } = gateway.home;
    const options = { ...(await passkeys.signInOptions()) };
    return { origin: passkeys.origin!, options };
  },

  'session.passkey': async ({ body, remoteAddress, setCookie }, deps) => {
    // By the passkey too: behind one proxy, five failures of a stranger would lock out everybody.
    const source = lockIdOf(remoteAddress, `passkey:${String(body.response.id)}`);
    try {
      const { passkeys } = deps.gateway.home;
      const { account, credentialId } = await passkeys.signIn(body.response as Json, source);
      return giveSession(account, `passkey:${credentialId}`, setCookie, deps);
    } catch (error) {
      tellRefused(error, deps);
      throw error;
    }
  },
};

/** The wallet that opened the caller's session, and when; undefined for a passkey's session and for a token. */
function walletSignIn({ id, session }: Caller, { gateway }: ApiDeps): WalletSignedIn | undefined {
  if (session.openedBy !== 'wallet' || session.openedAt === undefined) return undefined;
  const { clock } = gateway.services;
  // By the monotonic clock: one that is set back makes no old session fresh.
  return { account: id, at: clock.now() - (clock.monotonic() - session.openedAt) };
}

function assertWallet(caller: Caller, deps: ApiDeps): WalletSignedIn {
  const by = walletSignIn(caller, deps);
  if (by !== undefined) return by;
  throw new CodedError('SIGN_IN_NOT_FRESH', 'Passkeys are added by a wallet.', {
    hint: 'Sign in with your wallet; then add the passkey within five minutes.',
  });
}
