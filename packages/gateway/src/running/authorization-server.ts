import type { Clock, Random } from '@wardmesh/core';
import type { Sessions } from '../front/sessions.ts';
import type { Home } from '../home/open.ts';
import { AuthorizationServer, type FetchDocument, type PeoplePort, walletSignIn } from '../oauth/index.ts';
import type { TransportRules } from '../pipeline/transport.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import type { Journal } from './journal.ts';

/** Key of the document that holds the token keys. */
const KEYS_DOCUMENT = 'oauth/keys';

export interface RunningParts {
  /** The gateway's address as everybody names it. */
  readonly url: string;
  readonly home: Home;
  readonly clock: Clock;
  readonly random: Random;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly log: OperatorLog;
  readonly people: PeoplePort;
  readonly fetchDocument?: FetchDocument;
  rules(): TransportRules;
}

/** The authorisation server on a home: its rows and keys sealed there, what happens in its log. */
export function openAuthorizationServer(parts: RunningParts): Promise<AuthorizationServer> {
  const { url, home, clock, random, sessions, journal, log, people, fetchDocument, rules } = parts;
  const { database } = home;
  return AuthorizationServer.open({
    issuer: url,
    repository: database.oauth,
    keys: {
      load: () => database.documents.get(KEYS_DOCUMENT),
      save: (document) => database.documents.put(KEYS_DOCUMENT, document),
    },
    clock,
    random,
    people,
    rules,
    signIn: walletSignIn({
      issuer: url,
      key: home.keys.signIn,
      nonces: { use: (id, expires) => database.nonces.use(id, expires, clock.now()) },
      lockout: home.lockout,
      clock,
      random,
    }),
    onGrantEnded: (grant) => void sessions.endGrant(grant).catch((error: unknown) => log.fault('oauth', error)),
    record(event, facts) {
      if (event === 'signed-in') journal.record('auth.success', facts, 'success', 'user');
      if (event === 'refused') log.security('oauth.refused', facts);
      else log.info(`oauth.${event}`, facts);
    },
    onFault: (error) => log.fault('oauth', error),
    ...(fetchDocument && { fetchDocument }),
  });
}
