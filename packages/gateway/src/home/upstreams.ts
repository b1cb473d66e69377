import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, CodedError, canonicalize, type Random, type Secret } from '@wardmesh/core';
import { profileHash, type SandboxProfile, startSandboxed } from '@wardmesh/sandbox';
import {
  fillTemplate,
  isRemote,
  packageCommand,
  type RemoteServer,
  type SecretReader,
  type SecretRef,
  type ServerSettings,
  type StdioServer,
} from '../config/index.ts';
import type { UpstreamSignIns } from '../running/upstream-sign-ins.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { OperatorLog } from '../telemetry/operator-log.ts';
import { httpUpstream, type OnUpstreamEvent, stdioUpstream, type Upstream } from '../upstream/index.ts';
import { VERSION } from '../version.ts';
import { homePaths } from './paths.ts';

export interface UpstreamDeps {
  readonly home: string;
  /** Folders whose node_modules is searched for `package:` servers. */
  readonly packagesFrom: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: OperatorLog;
  readonly metrics: Metrics;
  readonly secrets: SecretReader;
  readonly signIns: Pick<UpstreamSignIns, 'make'>;
}

const CLIENT_INFO = { name: 'wardmesh', title: 'Wardmesh', version: VERSION } as const;

/** The upstream that settings describe; nothing is started yet. */
export function makeUpstream(id: string, settings: ServerSettings, deps: UpstreamDeps): Upstream {
  return isRemote(settings) ? remote(id, settings, deps) : contained(id, settings, deps);
}

function contained(id: string, settings: StdioServer, deps: UpstreamDeps): Upstream {
  const base = profileOf(settings, deps);
  const backend = settings.sandbox;
  return stdioUpstream({
    id,
    profile: backend === 'none' ? 'none' : profileHash(base, backend),
    shared: settings.shared,
    era: settings.era,
    handshakeTimeoutMs: settings.startTimeout,
    idleReapMs: settings.idle,
    clock: deps.clock,
    random: deps.random,
    clientInfo: CLIENT_INFO,
    onEvent: tellEvents(deps),
    launch: async () => {
      assertSigner(settings, deps);
      // Secrets of the environment are read at each start, so that a rotated one is used; the hash never covers them.
      const env = { ...base.env, ...secretEnv(settings, deps.secrets) };
      return startCounted(id, deps.metrics, { ...base, env }, backend, {
        wardHome: deps.home,
        openInHome: [join(deps.home, 'workspace'), ...(settings.signer ? [agentFolder(deps.home)] : [])],
        clock: deps.clock,
        secrets: { get: (ref) => secretByKey(settings, ref, deps.secrets) },
        onEgress: (event) => {
          if (event.outcome === 'open') return;
          deps.metrics.violation(id, 'egress');
          deps.log.security('egress.refused', { server: id, ...event });
        },
      });
    },
  });
}

/** What the operator granted, as the sandbox understands it. Without secrets: this is what receipts hash. */
export function profileOf(settings: StdioServer, deps: Pick<UpstreamDeps, 'packagesFrom' | 'home'>): SandboxProfile {
  const found = settings.package === undefined ? undefined : packageCommand(settings.package, deps.packagesFrom);
  const plain = Object.entries(settings.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    command: found?.command ?? settings.command!,
    args: [...(found?.args ?? []), ...settings.args],
    ...(settings.cwd !== undefined && { workingDirectory: settings.cwd }),
    // Read-only is enough to connect, and keeps the server from putting a socket of its own in the signer's place.
    read: [...(found?.read ?? []), ...settings.read, ...(settings.signer ? [agentFolder(deps.home)] : [])],
    write: [...settings.write],
    env: {
      ...Object.fromEntries(plain),
      ...(settings.signer && { WARD_SIGNER_SOCKET: join(agentFolder(deps.home), 'agent.sock') }),
    },
    network:
      settings.network === 'none'
        ? 'none'
        : {
            egress: settings.network.map((rule) => ({
              host: rule.host,
              port: rule.port,
              secrets: rule.secrets.map((secret) => ({
                header: secret.header,
                template: secret.template,
                ref: keyOf(secret.from),
              })),
            })),
          },
    limits: {
      memoryBytes: settings.memory,
      perOperationBytes: settings.perOperation,
      cpuSeconds: settings.cpuSeconds,
      processes: settings.processes,
      fileSizeBytes: settings.fileSize,
      openFiles: settings.openFiles,
      startTimeoutMs: settings.startTimeout,
    },
  };
}

/** The part of the signer's folder that agents' servers see: one socket, which answers agents' questions only. */
function agentFolder(home: string): string {
  return homePaths(home).signerAgent;
}

function assertSigner(settings: StdioServer, deps: UpstreamDeps): void {
  if (!settings.signer) return;
  const folder = agentFolder(deps.home);
  if (existsSync(folder)) {
    // The signer may write around it: a link in its place would open another part of the home to the server.
    if (realpathSync(folder) === agentFolder(realpathSync(deps.home))) return;
    throw new CodedError('SANDBOX_PATH_REFUSED', `${folder} is a link`, {
      hint: 'Nothing of ours makes one: look at who did, then remove it.',
    });
  }
  throw new CodedError('SIGNER_NOT_RUNNING', 'no signer runs on this home', {
    hint: 'ward up starts it with the gateway; ward doctor says what it lacks.',
  });
}

function remote(id: string, settings: RemoteServer, deps: UpstreamDeps): Upstream {
  const signIn = settings.auth && deps.signIns.make(id, settings, settings.auth.oauth);
  return httpUpstream({
    id,
    url: settings.url,
    transport: settings.transport,
    era: settings.era,
    insecureLoopback: settings.insecureLoopback,
    ...(settings.ca !== undefined && { ca: readFileSync(settings.ca, 'utf8') }),
    clock: deps.clock,
    clientInfo: CLIENT_INFO,
    onEvent: tellEvents(deps),
    ...(signIn && { afterRefusal: (header: string) => signIn.afterRefusal(header) }),
    headers: async () => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(settings.headers)) {
        headers[name] = fillTemplate(value.template, deps.secrets.read(value.from).reveal());
      }
      if (signIn) headers.authorization = await signIn.authorization();
      return headers;
    },
  });
}

function secretEnv(settings: StdioServer, secrets: SecretReader): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.env)) {
    if (typeof value !== 'string') env[name] = fillTemplate(value.template, secrets.read(value.from).reveal());
  }
  return env;
}

function secretByKey(settings: StdioServer, key: string, secrets: SecretReader): Secret | undefined {
  if (settings.network === 'none') return undefined;
  for (const rule of settings.network) {
    for (const secret of rule.secrets) if (keyOf(secret.from) === key) return secrets.read(secret.from);
  }
  return undefined;
}

/** A name for a reference; the reference itself names files of the operator and stays out of the profile. */
function keyOf(ref: SecretRef): string {
  return createHash('sha256').update(canonicalize(ref)).digest('base64url').slice(0, 22);
}

/** Starts in the sandbox; a server that cannot be contained, and one that was ended for its memory, are counted. */
async function startCounted(
  id: string,
  metrics: Metrics,
  ...start: Parameters<typeof startSandboxed>
): ReturnType<typeof startSandboxed> {
  try {
    const child = await startSandboxed(...start);
    child.exited
      .then(({ reason }) => {
        if (reason === 'memory') metrics.violation(id, 'memory');
      })
      .catch(() => {});
    return child;
  } catch (error) {
    metrics.violation(id, 'start');
    throw error;
  }
}

function tellEvents({ log, metrics }: UpstreamDeps): OnUpstreamEvent {
  return (event) => {
    metrics.upstream(event);
    const { type, ...fields } = event;
    if (type === 'violation' || type === 'breaker-open') log.security(`upstream.${type}`, fields);
    else log.info(`upstream.${type}`, fields);
  };
}
