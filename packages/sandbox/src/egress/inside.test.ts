import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EgressRig, openEgressRig, SECRET } from '../../test/egress-rig.ts';
import type { EgressRule, SandboxBackend } from '../profile.ts';
import { startSandboxed } from '../start.ts';

const RULES: readonly EgressRule[] = [
  { host: 'api.test', port: 443, secrets: [{ header: 'authorization', template: `Bearer \${secret}`, ref: 'api' }] },
];

let rig: EgressRig;
beforeAll(async () => {
  rig = await openEgressRig({ rules: [] });
});
afterAll(() => rig.close());

async function run(script: string, backend: SandboxBackend): Promise<string> {
  const sandboxed = await startSandboxed(
    {
      command: 'node',
      args: ['-e', script],
      read: [],
      write: [],
      env: {},
      network: { egress: RULES },
      limits: {
        memoryBytes: 2 ** 29,
        perOperationBytes: 50 * 2 ** 20,
        processes: 64,
        fileSizeBytes: 2 ** 24,
        openFiles: 256,
        startTimeoutMs: 10_000,
      },
    },
    backend,
    {
      secrets: { get: () => new Secret(SECRET) },
      resolver: { resolve: async () => ['93.184.216.34'] },
      dial: rig.dial,
      ca: rig.ca,
    },
  );
  let text = '';
  for (const stream of [sandboxed.stdout, sandboxed.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  await sandboxed.exited;
  await delay(20);
  return text;
}

describe.each(['bubblewrap', 'none'] as const)('a server with egress, started with %s', (backend) => {
  test('reaches its granted host with a secret it never sees', async () => {
    verifies('WM-SBX-2');
    const script = `fetch('http://api.test/v1').then(async r=>console.log(r.status,await r.text(),JSON.stringify(process.env)))`;
    const text = await run(script, backend);
    expect(text).toContain('200 hello');
    expect(text).not.toContain(SECRET);
    expect(rig.seen.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  test('is answered 403 for any other host', async () => {
    expect(
      await run(`fetch('http://evil.test/').catch(e=>console.log(require('util').inspect(e)))`, backend),
    ).toContain('403');
  });
});

test('a server with egress has no other way out than the proxy', async () => {
  verifies('WM-SBX-2');
  const script = `const s=require('net').connect(${rig.port},'127.0.0.1');s.on('connect',()=>console.log('REACHED'));s.on('error',e=>console.log(e.code))`;
  expect(await run(script, 'bubblewrap')).toContain('ECONNREFUSED');
});
