import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { connect as tlsConnect } from 'node:tls';
import { EGRESS_BYTES, EGRESS_CONNECT_MS, EGRESS_HEADER_BYTES, EGRESS_IDLE_MS } from '../limits.ts';
import type { EgressRule } from '../profile.ts';
import { endToEndHeaders } from './headers.ts';
import { injectSecrets } from './inject.ts';
import type { Dial, Resolver, SecretSource } from './ports.ts';
import { Refused } from './refusal.ts';
import { matchPlainRule, matchRule, normaliseHost, opensTls } from './rules.ts';
import { limitBytes, refuseSecrets } from './stream-guards.ts';
import { pinAddress } from './upstream.ts';

interface ForwardDeps {
  readonly secrets: SecretSource;
  readonly resolver: Resolver;
  readonly dial: Dial;
  readonly ca?: string | readonly string[];
  readonly track: (socket: Socket) => void;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/**
 * Carries one plain request to its upstream, over TLS where the rule says so, with the rule's secrets added and whatever
 * the client sent under those names removed. @throws Refused.
 */
export async function forwardRequest(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
  rules: readonly EgressRule[],
  deps: ForwardDeps,
): Promise<void> {
  const rule = matchPlainRule(rules, target.host, target.port);
  if (rule === undefined) throw new Refused('EGRESS_DENIED');
  const wanted = rule.secrets ?? [];
  const address = await pinAddress(target.host, deps.resolver);
  const injection = await injectSecrets(wanted, deps.secrets);
  const guarded = injection.secrets.length > 0;

  const headers = {
    ...endToEndHeaders(request.headers, new Set(wanted.map((secret) => secret.header.toLowerCase()))),
    // A compressed answer could hold the secret unseen.
    ...(guarded && { 'accept-encoding': 'identity' }),
    ...injection.headers,
    host: authority(target.host, rule),
  };
  const upstream = (opensTls(rule) ? httpsRequest : httpRequest)({
    method: request.method,
    path: target.path,
    headers,
    // Without an agent, which would open its own connection and not the pinned one.
    maxHeaderSize: EGRESS_HEADER_BYTES,
    timeout: EGRESS_IDLE_MS,
    createConnection: () => openUpstream(rule, target.host, address, deps),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const timer = setTimeout(() => upstream.destroy(), EGRESS_CONNECT_MS + EGRESS_IDLE_MS);
    upstream.once('response', (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    upstream.on('timeout', () => upstream.destroy());
    upstream.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  // A client that goes away ends the upstream too.
  response.once('close', () => upstream.destroy());
  const sent = pipeline(request, limitBytes(EGRESS_BYTES), upstream);
  sent.catch(() => upstream.destroy());

  const answer = await answered;
  try {
    refuseLeavingRedirect(answer, target, rule, rules);
    if (guarded) refuseOpaque(answer, injection.secrets);
  } catch (error) {
    answer.destroy();
    throw error;
  }
  response.writeHead(answer.statusCode ?? 502, endToEndHeaders(answer.headers));
  await pipeline(answer, limitBytes(EGRESS_BYTES), refuseSecrets(injection.secrets), response);
}

function openUpstream(rule: EgressRule, host: string, address: string, deps: ForwardDeps): Socket {
  const socket = deps.dial(address, rule.port);
  deps.track(socket);
  if (!opensTls(rule)) return socket;
  return tlsConnect({
    socket,
    // The certificate must be the granted name's, whatever address the name led to.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    ...(deps.ca !== undefined && { ca: typeof deps.ca === 'string' ? deps.ca : [...deps.ca] }),
  });
}

function authority(host: string, rule: EgressRule): string {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return rule.port === (opensTls(rule) ? 443 : 80) ? name : `${name}:${rule.port}`;
}

function refuseLeavingRedirect(
  answer: IncomingMessage,
  from: Target,
  rule: EgressRule,
  rules: readonly EgressRule[],
): void {
  const location = answer.headers.location;
  if (location === undefined) return;
  const base = `${opensTls(rule) ? 'https' : 'http'}://${authority(from.host, rule)}${from.path}`;
  if (!URL.canParse(location, base)) throw new Refused('EGRESS_REDIRECT_REFUSED');
  const url = new URL(location, base);
  const host = normaliseHost(url.hostname);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const granted =
    (url.protocol === 'https:' && matchRule(rules, host, port) !== undefined) ||
    (url.protocol === 'http:' && matchPlainRule(rules, host, port) !== undefined);
  if (!granted) throw new Refused('EGRESS_REDIRECT_REFUSED');
}

/** An answer whose headers hold a secret, or whose body is encoded in spite of `identity`, does not pass. */
function refuseOpaque(answer: IncomingMessage, secrets: readonly Buffer[]): void {
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Refused('EGRESS_SECRET_ECHOED');
  const text = answer.rawHeaders.join('\n') + (answer.statusMessage ?? '');
  if (secrets.some((secret) => text.includes(secret.toString('latin1')))) throw new Refused('EGRESS_SECRET_ECHOED');
}
