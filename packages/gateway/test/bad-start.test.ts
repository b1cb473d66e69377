import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../src/gateway.ts';
import { createHome } from '../src/home/create.ts';
import { operatorLog } from '../src/telemetry/operator-log.ts';

describe('a start that fails', () => {
  verifies('XR-FAIL-1', 'XR-ERR-1');
  let home: string;
  const log = operatorLog({ nodeId: 'test', destination: { write: () => {} } });

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'ward-start-'));
    await createHome(home, systemClock, systemRandom);
    writeFileSync(join(home, 'ward.yaml'), '{"version": 1, "servers": {}}');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const freePort = () =>
    new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });

  it('says why and leaves nothing behind: no port, no lock', async () => {
    const port = await freePort();
    mkdirSync(join(home, 'run/control.sock'));
    await expect(startGateway({ home, port, log })).rejects.toMatchObject({ code: 'CONTROL_REFUSED' });
    rmSync(join(home, 'run/control.sock'), { recursive: true });
    const gateway = await startGateway({ home, port, log });
    await gateway.stop();
  });

  it('refuses a log key that is not this log’s, and writes one that is missing', async () => {
    const file = join(home, 'log/key.vkey');
    const key = readFileSync(file, 'utf8');
    writeFileSync(file, 'wardmesh.local/other+00000000+AAAA\n');
    await expect(startGateway({ home, port: 0, log })).rejects.toMatchObject({ code: 'HOME_LOG_KEY_NOT_GENUINE' });
    rmSync(file);
    await (await startGateway({ home, port: 0, log })).stop();
    expect(readFileSync(file, 'utf8')).toBe(key);
  });
});
