import { resolve } from 'node:path';
import type { WardConfig } from './schema.ts';
import type { SecretRef } from './secret-ref.ts';
import { isRemote, type RemoteServer, type ServerSettings, type StdioServer } from './server.ts';

/** The same configuration with every path absolute; relative ones start at `folder`. */
export function resolvePaths(config: WardConfig, folder: string): WardConfig {
  const { backup, ...audit } = config.audit;
  const { traces } = config;
  return {
    ...config,
    policies: resolve(folder, config.policies),
    audit: { ...audit, ...(backup !== undefined && { backup: { ...backup, to: resolve(folder, backup.to) } }) },
    ...(traces !== undefined && { traces: { ...traces, headers: resolveHeaders(traces.headers, folder) } }),
    servers: mapValues(config.servers, (server) => resolveServer(server, folder)),
  };
}

function resolveServer(server: ServerSettings, folder: string): ServerSettings {
  return isRemote(server) ? resolveRemote(server, folder) : resolveStdio(server, folder);
}

function resolveRemote(server: RemoteServer, folder: string): RemoteServer {
  return {
    ...server,
    headers: resolveHeaders(server.headers, folder),
    ...(server.ca !== undefined && { ca: resolve(folder, server.ca) }),
    ...(server.auth !== undefined && { auth: resolveAuth(server.auth, folder) }),
  };
}

function resolveAuth({ oauth }: NonNullable<RemoteServer['auth']>, folder: string): NonNullable<RemoteServer['auth']> {
  const { clientSecret, ...rest } = oauth;
  if (clientSecret === undefined) return { oauth };
  return { oauth: { ...rest, clientSecret: { from: resolveSecret(clientSecret.from, folder) } } };
}

function resolveHeaders(headers: RemoteServer['headers'], folder: string): RemoteServer['headers'] {
  return mapValues(headers, (header) => ({ ...header, from: resolveSecret(header.from, folder) }));
}

function resolveStdio(server: StdioServer, folder: string): StdioServer {
  return {
    ...server,
    // A bare name is looked up in PATH; only what is written as a path is one.
    ...(server.command?.includes('/') && { command: resolve(folder, server.command) }),
    ...(server.cwd !== undefined && { cwd: resolve(folder, server.cwd) }),
    read: server.read.map((path) => resolve(folder, path)),
    write: server.write.map((path) => resolve(folder, path)),
    env: mapValues(server.env, (value) =>
      typeof value === 'string' ? value : { ...value, from: resolveSecret(value.from, folder) },
    ),
    network:
      server.network === 'none'
        ? 'none'
        : server.network.map((rule) => ({
            ...rule,
            secrets: rule.secrets.map((secret) => ({ ...secret, from: resolveSecret(secret.from, folder) })),
          })),
  };
}

function resolveSecret(ref: SecretRef, folder: string): SecretRef {
  return 'file' in ref ? { file: resolve(folder, ref.file) } : ref;
}

function mapValues<A, B>(map: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
