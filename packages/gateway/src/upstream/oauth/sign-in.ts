import { createHash } from 'node:crypto';
import { type Clock, type JsonObject, type Random, toBase64Url } from '@wardmesh/core';
import type { Resolver } from '../http/dialer.ts';
import { askForTokens, type ClientIdentity, registerClient, type TokenSet } from './client.ts';
import { discover } from './discover.ts';
import { oauthWord, signInNeeded, signInRefused } from './error.ts';
import { type OauthHttp, type OauthHttpOptions, oauthHttp } from './http.ts';
import { LOGIN_MS, MAX_LOGINS, RENEW_BEFORE_MS } from './limits.ts';
import type { AuthorizationServerMetadata } from './metadata.ts';
import { readStored, type SignInStore, type StoredSignIn } from './stored.ts';

export interface SignInOptions {
  /** Id of the server in `ward.yaml`. */
  readonly id: string;
  readonly url: string;
  readonly insecureLoopback: boolean;
  readonly ca?: string;
  /** The client the operator registered by hand; without one we register ourselves. */
  readonly clientId?: string;
  readonly clientSecret?: () => string;
  /** In the place of what the server says it has. */
  readonly scopes?: readonly string[];
  /** The only authorisation server that is taken. */
  readonly issuer?: string;
  readonly store: SignInStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly resolver?: Resolver;
  /** Told when the sign-in has ended without our doing. */
  onEnded?(reason: string): void;
}

interface Login {
  readonly verifier: string;
  readonly redirectUri: string;
  readonly client: ClientIdentity;
  readonly server: AuthorizationServerMetadata;
  readonly resource: string;
  readonly until: number;
}

/**
 * Wardmesh as OAuth client of one upstream (MCP authorisation §overview, SBP2): it holds tokens of its own for that server
 * alone, which no client ever sees and which are no client's. Renewal is single-flight, because a refresh token works once.
 */
export class UpstreamSignIn {
  readonly #options: SignInOptions;
  readonly #reach: OauthHttpOptions;
  readonly #http: OauthHttp;
  /** By state. */
  readonly #logins = new Map<string, Login>();
  #loaded: Promise<void> | undefined;
  #current: StoredSignIn | undefined;
  #renewing: Promise<StoredSignIn> | undefined;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#reach = {
      server: new URL(options.url),
      insecureLoopback: options.insecureLoopback,
      ...(options.ca !== undefined && { ca: options.ca }),
      ...(options.resolver && { resolver: options.resolver }),
    };
    this.#http = oauthHttp(this.#reach);
  }

  /** Whether a sign-in is kept; it may have ended meanwhile. */
  async isSignedIn(): Promise<boolean> {
    return (await this.#load()) !== undefined;
  }

  /** The header of the next request. @throws CodedError UPSTREAM_SIGN_IN_NEEDED, UPSTREAM_UNAVAILABLE */
  async authorization(): Promise<string> {
    const known = await this.#load();
    if (known === undefined) throw signInNeeded(this.#options.id, 'nobody signed in to this server yet');
    const left = known.expires - this.#options.clock.now();
    if (left > RENEW_BEFORE_MS) return bearer(known);
    if (known.refresh === undefined) {
      if (left > 0) return bearer(known);
      throw signInNeeded(this.#options.id, 'the sign-in to this server has ended');
    }
    const renewed = this.#renew(known).catch((error: unknown) => {
      // The authorisation server is away for a moment; what we hold is good for a few seconds yet.
      if (left > 0 && this.#current === known) return known;
      throw error;
    });
    return bearer(await renewed);
  }

  /** The server refused this header: the one to try once more with. @throws like {@link authorization} */
  async afterRefusal(header: string): Promise<string> {
    const known = await this.#load();
    // Somebody else's request renewed it already.
    if (known !== undefined && bearer(known) !== header) return bearer(known);
    if (known?.refresh === undefined) throw signInNeeded(this.#options.id, 'the server takes our sign-in no more');
    return bearer(await this.#renew(known));
  }

  /**
   * Begins a sign-in of the operator.
   * @param redirectUri on this machine, where the operator's browser comes back
   * @param state at least 32 characters, made by whoever listens there
   * @returns the address to open
   */
  async begin(redirectUri: string, state: string): Promise<string> {
    const { clock, random, clientId, clientSecret, scopes, issuer } = this.#options;
    if (!/^http:\/\/127\.0\.0\.1:\d{1,5}\/[a-z/]{0,64}$/.test(redirectUri) || !/^[\w-]{32,128}$/.test(state)) {
      throw signInRefused('a sign-in comes back to this machine, with a state of its own');
    }
    const { resource, server } = await discover(this.#http, this.#reach, issuer);
    const scope = (scopes ?? resource.scopes).join(' ');
    const client = await this.#identify(server, redirectUri, scope, clientId, clientSecret);
    const verifier = toBase64Url(random.bytes(32));
    this.#forget();
    const until = clock.now() + LOGIN_MS;
    this.#logins.set(state, { verifier, redirectUri, client, server, resource: resource.resource, until });
    const url = new URL(server.authorization);
    const query = {
      response_type: 'code',
      client_id: client.id,
      redirect_uri: redirectUri,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      state,
      resource: resource.resource,
      ...(scope !== '' && { scope }),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Ends it with what the browser brought back. @throws CodedError UPSTREAM_SIGN_IN_REFUSED */
  async finish(answer: URLSearchParams): Promise<{ readonly issuer: string }> {
    const only = (name: string) => {
      const all = answer.getAll(name);
      if (all.length > 1) throw signInRefused(`the answer holds ${name} twice`);
      return all[0];
    };
    this.#forget();
    const state = only('state') ?? '';
    const login = this.#logins.get(state);
    // Whatever it says, an answer is for one sign-in and counts once.
    this.#logins.delete(state);
    if (login === undefined) throw signInRefused('nobody waits for this answer', { hint: this.#again });
    const { server, client, resource } = login;
    const iss = only('iss');
    // RFC 9207 §2.4, before anything else of it is believed: it may be another server's (mix-up).
    if (iss === undefined ? server.saysIss : iss !== server.issuer) {
      throw signInRefused('the answer comes from another authorisation server', { hint: this.#again });
    }
    const error = only('error');
    if (error !== undefined) throw signInRefused(`the sign-in was refused: ${oauthWord(error)}`, { hint: this.#again });
    const code = only('code');
    if (code === undefined) throw signInRefused('the answer holds no code', { hint: this.#again });
    const now = this.#options.clock.now();
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: login.redirectUri,
      code_verifier: login.verifier,
      resource,
    };
    const tokens = await askForTokens(this.#http, server.token, client, fields, now);
    if ('refused' in tokens) throw signInRefused(`the code was refused: ${tokens.refused}`, { hint: this.#again });
    await this.#keep({
      v: 1,
      server: this.#options.url,
      issuer: server.issuer,
      tokenEndpoint: server.token,
      ...(server.revocation !== undefined && { revocationEndpoint: server.revocation }),
      resource,
      clientId: client.id,
      ...(this.#options.clientId === undefined && client.secret !== undefined && { clientSecret: client.secret }),
      ...tokens,
    });
    return { issuer: server.issuer };
  }

  /** Forgets the tokens, and has them revoked where that is offered (RFC 7009). @returns whether there were any */
  async signOut(): Promise<boolean> {
    const known = await this.#load();
    await this.#drop();
    if (known?.revocationEndpoint === undefined) return known !== undefined;
    const fields = { token: known.refresh ?? known.access };
    await askForTokens(this.#http, known.revocationEndpoint, this.#clientOf(known), fields, 0).catch(() => {});
    return true;
  }

  get #again(): string {
    return `Start again: ward servers login ${this.#options.id}.`;
  }

  #load(): Promise<StoredSignIn | undefined> {
    this.#loaded ??= this.#options.store.load().then((document) => {
      const stored = readStored(document);
      // Tokens for one address are never sent to another one: who changes ward.yaml signs in anew.
      if (stored?.server === this.#options.url) this.#current ??= stored;
    });
    // A store that failed once is asked again.
    this.#loaded.catch(() => {
      this.#loaded = undefined;
    });
    return this.#loaded.then(() => this.#current);
  }

  #renew(known: StoredSignIn): Promise<StoredSignIn> {
    this.#renewing ??= this.#refresh(known).finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #refresh(known: StoredSignIn): Promise<StoredSignIn> {
    const { clock, id } = this.#options;
    const now = clock.now();
    const fields = { grant_type: 'refresh_token', refresh_token: known.refresh!, resource: known.resource };
    const tokens = await askForTokens(this.#http, known.tokenEndpoint, this.#clientOf(known), fields, now);
    // Somebody signed in or out meanwhile: what they did counts.
    if (this.#current !== known) {
      if (this.#current === undefined) throw signInNeeded(id, 'the sign-in to this server has ended');
      return this.#current;
    }
    if ('refused' in tokens) {
      const details = { reason: tokens.refused };
      // Whatever else is wrong may pass; a grant that is over does not come back.
      if (tokens.refused !== 'invalid_grant') {
        throw signInNeeded(id, 'the authorisation server refuses to renew the sign-in', { details });
      }
      await this.#drop();
      this.#options.onEnded?.(tokens.refused);
      throw signInNeeded(id, 'the sign-in to this server has ended', { details });
    }
    // A server that does not rotate goes on with the one there is.
    return this.#keep({ ...known, ...tokens });
  }

  async #keep(next: StoredSignIn): Promise<StoredSignIn> {
    // Durable before it is used: the one it replaces is void by now.
    await this.#options.store.save(next as unknown as JsonObject);
    this.#current = next;
    return next;
  }

  async #drop(): Promise<void> {
    this.#current = undefined;
    await this.#options.store.remove();
  }

  async #identify(
    server: AuthorizationServerMetadata,
    redirectUri: string,
    scope: string,
    id: string | undefined,
    secret: (() => string) | undefined,
  ): Promise<ClientIdentity> {
    if (id !== undefined) return { id, ...(secret && { secret: secret() }) };
    if (server.registration !== undefined) return registerClient(this.#http, server.registration, redirectUri, scope);
    throw signInRefused('the authorisation server registers nobody by itself', {
      hint: 'Register a client there by hand, and write its clientId into ward.yaml.',
    });
  }

  #clientOf({ clientId, clientSecret }: StoredSignIn): ClientIdentity {
    const secret = this.#options.clientId === clientId ? this.#options.clientSecret?.() : clientSecret;
    return { id: clientId, ...(secret !== undefined && { secret }) };
  }

  #forget(): void {
    const now = this.#options.clock.now();
    for (const [state, { until }] of this.#logins) {
      if (until < now || this.#logins.size >= MAX_LOGINS) this.#logins.delete(state);
    }
  }
}

function bearer({ access }: Pick<TokenSet, 'access'>): string {
  return `Bearer ${access}`;
}
