import type { ApiDeps, Caller } from './deps.ts';
import { COOKIE } from './handlers/session.ts';

/** Who sends a request with this cookie header; undefined where nobody is signed in. Their rights are looked up now. */
export function callerOf(cookies: string | undefined, { sessions, people }: ApiDeps): Caller | undefined {
  const value = cookieOf(cookies);
  const session = value === undefined ? undefined : sessions.find(value);
  if (session === undefined) return undefined;
  return {
    id: session.person,
    rights: people.rightsOf(session.person),
    expiresAt: session.expiresAt,
    session: { id: session.id, ended: session.ended },
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
