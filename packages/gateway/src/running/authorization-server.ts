import type { Clock, Random } from '@wardmesh/core';
import type { Sessions } from '../front/sessions.ts';
import type { Home } from '../home/open.ts';
import {
  AuthorizationServer,
  clientRoles,
  type FetchDocument,
  type OauthEvent,
  type PeoplePort,
  type SignInPort,
  walletSignIn,
} from '../oauth/index.ts';
import { NodeContractWallets } from '../people/contract-wallets.ts';
import type { Principal } from '../pipeline/call.ts';
import type { TransportRules } from '../pipeline/transport.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import type { GatewayEvent, Journal } from './journal.ts';

/** Key of the document that holds the token keys. */
const KEYS_DOCUMENT = 'oauth/keys';
/** How often open streams are held against the roles of their people, ms. */
const ROLES_LOOK_MS = 5_000;

export interface RunningParts {
  /** The gateway's address as everybody names it. */
  readonly url: string;
  readonly home: Home;
  readonly clock: Clock;
  readonly random: Random;
  readonly sessions: Sessions;
  readonly journal: Journal;
  readonly log: OperatorLog;
  readonly metrics: Metrics;
  readonly people: PeoplePort;
  readonly fetchDocument?: FetchDocument;
  rules(): TransportRules;
}

/** What of it stands in the audit log. */
const JOURNALED: Readonly<
  Partial<Record<OauthEvent, { type: GatewayEvent; result: 'success' | 'denied'; actor: 'user' | 'system' }>>
> = {
  'signed-in': { type: 'auth.success', result: 'success', actor: 'user' },
  allowed: { type: 'consent.allow', result: 'success', actor: 'user' },
  'device-approved': { type: 'device.approve', result: 'success', actor: 'user' },
  declined: { type: 'consent.decline', result: 'denied', actor: 'user' },
  revoked: { type: 'consent.revoke', result: 'success', actor: 'user' },
  expired: { type: 'consent.expire', result: 'success', actor: 'system' },
  'key-rotated': { type: 'key.rotate', result: 'success', actor: 'system' },
};

/** The authorisation server on a home: its rows and keys sealed there, what happens in its log. */
export async function openAuthorizationServer(parts: RunningParts): Promise<AuthorizationServer> {
  const { url, home, clock, random, sessions, journal, log, metrics, people, fetchDocument, rules } = parts;
  const { database } = home;
  const end = (isOver: (principal: Principal) => boolean) =>
    void sessions.endOf(isOver).catch((error: unknown) => log.fault('oauth', error));
  // Streams that are open do not ask again by themselves: who has other roles now has to come anew.
  const endChanged = () =>
    end(
      ({ id, client, roles }) => client !== undefined && clientRoles(people.rolesOf(id) ?? []).join() !== roles.join(),
    );
  const off = people.onChanged?.(endChanged);
  const server = await AuthorizationServer.open({
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
    signIn: homeSignIn({ url, home, clock, random }),
    onGrantEnded: (grant) => end((principal) => principal.grant === grant),
    record(event, facts) {
      const entry = JOURNALED[event];
      // What nobody signed in for does not: a stranger could fill the log with it.
      if (entry !== undefined && (entry.actor === 'system' || facts.person !== undefined))
        journal.record(entry.type, facts, entry.result, entry.actor);
      if (event === 'refused') {
        metrics.authFailure('sign_in');
        log.security('oauth.refused', facts);
      } else log.info(`oauth.${event}`, facts);
    },
    onFault: (error) => log.fault('oauth', error),
    ...(fetchDocument && { fetchDocument }),
  });
  // A grant that ends by its own time tells nobody.
  const looking = setInterval(endChanged, ROLES_LOOK_MS);
  looking.unref();
  server.onClose(() => {
    clearInterval(looking);
    off?.();
  });
  return server;
}

/** Sign-in by wallet on a home: its key seals the messages, its lockout counts, its store remembers what was used. */
export function homeSignIn({
  url,
  home,
  clock,
  random,
}: Pick<RunningParts, 'url' | 'home' | 'clock' | 'random'>): SignInPort {
  const { nonces } = home.database;
  const contracts = new NodeContractWallets(home.config.signIn?.contractWallets ?? []);
  return walletSignIn({
    issuer: url,
    ...(home.config.signIn && {
      contractWallets: [contracts],
      mayBeContract: (account: string) => contracts.mayBeContract(account),
    }),
    key: home.keys.signIn,
    nonces: { use: (id, expires) => nonces.use(id, expires, clock.now()) },
    lockout: home.lockout,
    clock,
    random,
  });
}
