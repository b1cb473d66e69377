import { readFileSync } from 'node:fs';
import { type Clock, CodedError, type Random } from '@wardmesh/core';
import type { Database } from '@wardmesh/store';
import type { RemoteServer, SecretReader } from '../config/index.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import { UpstreamSignIn } from '../upstream/index.ts';
import type { Journal } from './journal.ts';

export interface UpstreamSignInsParts {
  readonly database: Pick<Database, 'documents'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: SecretReader;
  readonly log: OperatorLog;
  readonly journal: Journal;
}

/** The operator's sign-ins to servers that take OAuth: sealed in the home, one document each. */
export class UpstreamSignIns {
  readonly #parts: UpstreamSignInsParts;
  readonly #known = new Map<string, UpstreamSignIn>();

  constructor(parts: UpstreamSignInsParts) {
    this.#parts = parts;
  }

  /** The sign-in to a server as it is configured now. */
  make(id: string, settings: RemoteServer, oauth: NonNullable<RemoteServer['auth']>['oauth']): UpstreamSignIn {
    const { database, clock, random, secrets, log } = this.#parts;
    const { documents } = database;
    const key = `upstream-sign-in/${id}`;
    const { clientId, clientSecret, scopes, issuer } = oauth;
    const made = new UpstreamSignIn({
      id,
      url: settings.url,
      insecureLoopback: settings.insecureLoopback,
      ...(settings.ca !== undefined && { ca: readFileSync(settings.ca, 'utf8') }),
      ...(clientId !== undefined && { clientId }),
      ...(clientSecret && { clientSecret: () => secrets.read(clientSecret.from).reveal() }),
      ...(scopes && { scopes }),
      ...(issuer !== undefined && { issuer }),
      store: {
        load: () => documents.get(key),
        save: (document) => documents.put(key, document),
        remove: async () => void (await documents.remove(key)),
      },
      clock,
      random,
      onEnded: (reason) => log.security('server.sign-in.ended', { server: id, reason }),
    });
    this.#known.set(id, made);
    return made;
  }

  isSignedIn(id: string): Promise<boolean> | undefined {
    return this.#known.get(id)?.isSignedIn();
  }

  begin(id: string, redirectUri: string, state: string): Promise<string> {
    return this.#of(id).begin(redirectUri, state);
  }

  async finish(id: string, answer: URLSearchParams): Promise<{ readonly issuer: string }> {
    const done = await this.#of(id).finish(answer);
    this.#parts.journal.record('server.login', { server: id, ...done }, 'success', 'user');
    return done;
  }

  async signOut(id: string): Promise<boolean> {
    const was = await this.#of(id).signOut();
    if (was) this.#parts.journal.record('server.logout', { server: id }, 'success', 'user');
    return was;
  }

  #of(id: string): UpstreamSignIn {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    throw new CodedError('SERVER_UNKNOWN', `There is no server ${id} that takes a sign-in.`, {
      hint: 'One that does has auth: {oauth: {}} in ward.yaml.',
    });
  }
}
