import type { Inbound } from '../pipeline/call.ts';
import type { ApiDeps, Caller } from './deps.ts';
import { COOKIE } from './handlers/session.ts';
import { tokenCaller } from './token-caller.ts';

/**
 * Who sends a request: by an access token where it has one, else by the session cookie; undefined where nobody is signed
 * in. A token that is refused is never made good by a cookie. Their rights are looked up now.
 */
export async function callerOf(inbound: Inbound, deps: ApiDeps): Promise<Caller | undefined> {
  const { authorization, cookie } = inbound.headers as Readonly<Record<string, string | undefined>>;
  if (authorization !== undefined) return tokenCaller(inbound, authorization, deps);
  const { sessions, people } = deps;
  const value = cookieOf(cookie);
  const session = value === undefined ? undefined : sessions.find(value);
  if (session === undefined) return undefined;
  return {
    id: session.person,
    rights: people.rightsOf(session.person),
    expiresAt: session.expiresAt,
    session: {
      id: session.id,
      ended: session.ended,
      end: () => sessions.end(session.id),
      openedBy: session.openedBy,
      openedAt: session.openedAt,
    },
  };
}

/** The session cookie, where it stands exactly once: two are what a neighbouring site planted. */
function cookieOf(header: string | undefined): string | undefined {
  const found = (header ?? '')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${COOKIE}=`));
  return found.length === 1 ? found[0]!.slice(COOKIE.length + 1) : undefined;
}
