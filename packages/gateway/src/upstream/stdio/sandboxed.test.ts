import { dirname } from 'node:path';
import { CodedError } from '@wardmesh/core';
import { type SandboxBackend, type SandboxedProcess, startSandboxed } from '@wardmesh/sandbox';
import { verifies } from '@wardmesh/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import type { Upstream } from '../port.ts';
import { TestClient } from '../testing/client.ts';
import { isRunning, RAW_SERVER } from '../testing/launch.ts';
import { stdioUpstream } from './stdio-upstream.ts';

let upstream: Upstream;
afterEach(() => upstream.close());

const MB = 1_048_576;

/** The raw server in a real sandbox. */
function start(
  backend: SandboxBackend,
  command = 'node',
): { readonly children: SandboxedProcess[]; readonly upstream: Upstream } {
  const children: SandboxedProcess[] = [];
  upstream = stdioUpstream({
    id: 'contained',
    shared: false,
    profile: backend,
    clientInfo: { name: 'ward', version: '0' },
    launch: async () => {
      const child = await startSandboxed(
        {
          command,
          args: [RAW_SERVER],
          read: [dirname(RAW_SERVER)],
          write: [],
          env: {},
          network: 'none',
          limits: {
            memoryBytes: 256 * MB,
            perOperationBytes: 50 * MB,
            processes: 64,
            fileSizeBytes: MB,
            openFiles: 256,
            startTimeoutMs: 10_000,
          },
        },
        backend,
      );
      children.push(child);
      return child;
    },
  });
  return { children, upstream };
}

describe.each(['bubblewrap', 'none'] as const)('a server contained by %s', (backend) => {
  it('answers, and is gone with all it started when its time is over', async () => {
    verifies('XR-EXEC-1');
    const { children } = start(backend);
    const client = await TestClient.attach(upstream);
    expect(await client.call('echo', { message: 'hi' })).toBe('hi');
    await client.call('fork');
    const limit = new AbortController();
    setTimeout(() => limit.abort(new CodedError('CALL_TIMEOUT', 'late')), 100);
    await expect(client.call('spin', { ms: 60_000 }, { signal: limit.signal })).rejects.toMatchObject({
      code: 'UPSTREAM_TIMEOUT',
    });
    // The rejection itself says that the work has stopped: no waiting here.
    expect(isRunning(children[0]!.pid)).toBe(false);
    expect(await client.call('echo', { message: 'again' })).toBe('again');
    expect(children).toHaveLength(2);
  });

  it('that takes too much memory in one call is ended and says so', async () => {
    verifies('XR-EXEC-2');
    start(backend);
    const client = await TestClient.attach(upstream);
    await expect(client.call('eat', { megabytes: 120 })).rejects.toMatchObject({ code: 'UPSTREAM_MEMORY' });
    expect(await client.call('echo', { message: 'again' })).toBe('again');
  });

  it.each([
    ['/nowhere/at/all', /UPSTREAM_CRASHED: the server exited: .*\/nowhere\/at\/all/],
    ['../node', /^SANDBOX_/],
  ])('that cannot be started as %s tells the operator why', async (command, why) => {
    start(backend, command);
    await expect(TestClient.attach(upstream)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(upstream.status().lastError).toMatch(why);
  });
});
