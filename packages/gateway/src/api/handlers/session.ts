import { CodedError } from '@wardmesh/core';
import { lockIdOf } from '../../pipeline/lock-id.ts';
import type { ApiDeps, Caller } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { SESSION_TOTAL_MS } from '../limits.ts';

/** `__Host-`: this origin only, over TLS, from the root; no script reads it and no other site sends it. */
export const COOKIE = '__Host-ward';
/** What ties a sign-in message to the console: one for an OAuth client is worth nothing here. */
const REQUEST = 'console';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

export const sessionHandlers: Handlers<'session.challenge' | 'session.create' | 'session.end' | 'me'> = {
  'session.challenge': ({ body }, { signIn }) => {
    const { message, expires } = signIn.challenge({ ...body, requestId: REQUEST }) as {
      readonly message: string;
      readonly expires: number;
    };
    return { message, expiresAt: expires };
  },

  'session.create': async ({ body, remoteAddress, setCookie }, deps) => {
    const { signIn } = deps;
    const { chain, message, signature, address, publicKey } = body;
    const proof = {
      chain,
      message,
      signature,
      ...(address !== undefined && { address }),
      ...(publicKey !== undefined && { publicKey }),
    };
    let person: string;
    // Not by the network alone: behind one proxy, five failures of a stranger would lock out everybody.
    const source = lockIdOf(remoteAddress, `${chain}:${address ?? ''}`);
    try {
      ({ person } = await signIn.verify(proof, { requestId: REQUEST, source }));
    } catch (error) {
      tellRefused(error, deps);
      throw error;
    }
    return giveSession(person, 'wallet', setCookie, deps);
  },

  'session.end': async ({ caller, setCookie }) => {
    await caller?.session.end();
    setCookie(`${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
    return { ended: true };
  },

  me: ({ caller }) => viewOf(caller!),
};

/** Signs somebody in: their session, its cookie, and who they are. @param openedBy `wallet`, or `passkey:` and its id */
export function giveSession(
  person: string,
  openedBy: string,
  setCookie: (value: string) => void,
  { sessions, people, gateway }: ApiDeps,
) {
  const { session, cookie } = sessions.open(person, openedBy);
  setCookie(`${COOKIE}=${cookie}; ${ATTRIBUTES}; Max-Age=${SESSION_TOTAL_MS / 1_000}`);
  gateway.journal.record('auth.success', { person, by: openedBy }, 'success', 'user');
  return viewOf({ id: person, rights: people.rightsOf(person), expiresAt: session.expiresAt });
}

/** Why a sign-in failed is the operator's to know: the client is told one thing for all. */
export function tellRefused(error: unknown, { gateway }: ApiDeps): void {
  const { metrics, log } = gateway.services;
  metrics.authFailure('sign_in');
  const coded = error instanceof CodedError ? error : undefined;
  log.security('sign-in.refused', { code: coded?.code ?? 'INTERNAL', reason: coded?.details.reason });
}

function viewOf({ id, rights, expiresAt }: Omit<Caller, 'session'>) {
  return {
    id,
    name: null,
    roles: [...rights.roles],
    permissions: [...rights.any],
    own: [...rights.own],
    expiresAt,
  };
}
