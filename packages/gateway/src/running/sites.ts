import type { WebSessions } from '../api/sessions.ts';
import { ConsoleSite } from '../api/site.ts';
import type { Gateway } from '../gateway.ts';
import type { AuthorizationServer } from '../oauth/index.ts';
import type { GatewayOptions } from '../options.ts';
import type { TransportRules } from '../pipeline/transport.ts';
import { VERSION } from '../version.ts';
import { homeSignIn, openAuthorizationServer } from './authorization-server.ts';

/** What people use, beside the MCP endpoints and under the same origin: OAuth, the API and the console. */
export async function openSites(
  gateway: Gateway,
  options: GatewayOptions,
  parts: { readonly sessions: WebSessions; readonly rules: () => TransportRules },
): Promise<{ readonly oauth: AuthorizationServer; readonly site: ConsoleSite }> {
  const { home, services, publicUrl: url } = gateway;
  const { clock, random, log, metrics } = services;
  const { rules } = parts;
  const oauth = await openAuthorizationServer({
    url,
    home,
    clock,
    random,
    sessions: gateway.sessions,
    journal: gateway.journal,
    log,
    metrics,
    people: options.people ?? home.people,
    rules,
    ...(options.fetchDocument && { fetchDocument: options.fetchDocument }),
  });
  const site = new ConsoleSite({
    gateway,
    sessions: parts.sessions,
    signIn: homeSignIn({ url, home, clock, random }),
    people: home.people,
    wallets: options.wallets,
    version: VERSION,
    folder: options.consoleFolder,
    rules,
  });
  return { oauth, site };
}
