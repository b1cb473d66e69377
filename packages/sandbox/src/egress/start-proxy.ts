import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxDeps } from '../deps.ts';
import { sandboxError } from '../error.ts';
import { FORWARDER_PORT, MAX_SOCKET_PATH } from '../limits.ts';
import type { SandboxBackend, SandboxProfile } from '../profile.ts';
import { EgressProxy } from './proxy.ts';

/** Where one sandbox finds its proxy. */
export interface ProxyPlace {
  readonly socket: string;
  /** Where clients reach it: the forwarder's port inside, or the proxy's own without sandbox. */
  readonly port: number;
}

/** Starts the proxy of a profile that grants egress; what it takes is given back by `cleanup`, last first. */
export async function startProxy(
  profile: SandboxProfile,
  backend: SandboxBackend,
  deps: SandboxDeps,
  cleanup: (() => unknown)[],
): Promise<ProxyPlace | undefined> {
  if (profile.network === 'none') return undefined;
  const proxy = new EgressProxy(profile.network.egress, {
    secrets: deps.secrets ?? { get: () => undefined },
    ...(deps.resolver !== undefined && { resolver: deps.resolver }),
    ...(deps.dial !== undefined && { dial: deps.dial }),
    ...(deps.ca !== undefined && { ca: deps.ca }),
    ...(deps.onEgress !== undefined && { onEvent: deps.onEgress }),
  });
  cleanup.push(() => proxy.close());
  if (backend === 'none') return { socket: '', port: await proxy.listen({ port: 0 }) };
  const folder = mkdtempSync(join(deps.runtimeDirectory ?? tmpdir(), 'ward-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'egress.sock');
  if (Buffer.byteLength(socket) > MAX_SOCKET_PATH)
    throw sandboxError('SANDBOX_UNAVAILABLE', 'the runtime folder has too long a path for a socket', {
      hint: 'A Unix socket takes at most 107 bytes of path: choose a shorter runtime folder.',
    });
  await proxy.listen(socket);
  return { socket, port: FORWARDER_PORT };
}

/** What HTTP clients look for. NODE_USE_ENV_PROXY makes Node's own fetch and http look too. */
export function proxyVariables(proxy: ProxyPlace | undefined): Record<string, string> {
  if (proxy === undefined) return {};
  const url = `http://127.0.0.1:${proxy.port}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NODE_USE_ENV_PROXY: '1' };
}
