import { CodedError } from '@wardmesh/core';
import type { Caller } from '../deps.ts';
import type { Handlers } from '../handler.ts';
import { SESSION_TOTAL_MS } from '../limits.ts';

/** `__Host-`: this origin only, over TLS, from the root; no script reads it and no other site sends it. */
export const COOKIE = '__Host-ward';
const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Strict';

export const sessionHandlers: Handlers<'session.challenge' | 'session.create' | 'session.end' | 'me'> = {
  'session.challenge': ({ body, host }, { signIn }) =>
    signIn.challenge({ ...body, domain: host, uri: `https://${host}/` }),

  'session.create': async ({ body, remoteAddress, setCookie }, { signIn, sessions, roles, gateway }) => {
    const { services } = gateway;
    let person: string;
    try {
      ({ person } = await signIn.verify({ ...body, remoteAddress } as Parameters<typeof signIn.verify>[0]));
    } catch (error) {
      services.metrics.authFailure();
      services.log.security('sign-in.refused', { code: error instanceof CodedError ? error.code : 'INTERNAL' });
      throw error;
    }
    const { session, cookie } = sessions.open(person);
    setCookie(`${COOKIE}=${cookie}; ${ATTRIBUTES}; Max-Age=${SESSION_TOTAL_MS / 1_000}`);
    gateway.journal.record('auth.success', { person }, 'success', 'user');
    const facts = roles.of(person);
    return {
      id: person,
      ...facts,
      roles: [...facts.roles],
      permissions: [...facts.permissions],
      expiresAt: session.expiresAt,
    };
  },

  'session.end': ({ caller, setCookie }, { sessions }) => {
    if (caller?.session !== undefined) sessions.end(caller.session.id);
    setCookie(`${COOKIE}=; ${ATTRIBUTES}; Max-Age=0`);
    return { ended: true };
  },

  me: ({ caller }) => viewOf(caller!),
};

function viewOf({ id, name, roles, permissions, expiresAt }: Caller) {
  return { id, name, roles: [...roles], permissions: [...permissions], expiresAt };
}
