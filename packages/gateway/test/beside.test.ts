import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../src/gateway.ts';
import { createHome } from '../src/home/create.ts';
import type { GatewayOptions } from '../src/options.ts';
import type { Beside, StartBeside } from '../src/running/beside.ts';
import { operatorLog } from '../src/telemetry/operator-log.ts';

describe('what runs beside a gateway', () => {
  verifies('XR-FAIL-1');
  let home: string;
  let happened: string[];
  beforeEach(async () => {
    happened = [];
    home = mkdtempSync(join(tmpdir(), 'ward-beside-'));
    await createHome(home, systemClock, systemRandom);
    writeFileSync(join(home, 'ward.yaml'), '{"version": 1, "servers": {}, "wallet": {"network": "local"}}');
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const beside: StartBeside = async (opened): Promise<Beside> => {
    happened.push(`started for ${opened.config.wallet?.network}`);
    return {
      status: () => [{ name: 'x', state: 'running', restarts: 0 }],
      stop: async () => void happened.push('stopped'),
    };
  };
  const start = (changes: Partial<GatewayOptions> = {}) =>
    startGateway({
      home,
      port: 0,
      log: operatorLog({ nodeId: 'test', destination: { write: () => {} } }),
      beside,
      ...changes,
    });

  it('starts with it, and ends with it', async () => {
    const gateway = await start();
    expect(gateway.beside.status()).toEqual([{ name: 'x', state: 'running', restarts: 0 }]);
    await gateway.stop();
    expect(happened).toEqual(['started for local', 'stopped']);
  });

  it('is never started for a home that another gateway holds', async () => {
    const gateway = await start();
    await expect(start()).rejects.toMatchObject({ code: 'STORE_HOME_IN_USE' });
    expect(happened).toEqual(['started for local']);
    await gateway.stop();
  });

  it('ends where the gateway cannot start', async () => {
    mkdirSync(join(home, 'run/control.sock'));
    await expect(start()).rejects.toMatchObject({ code: 'CONTROL_REFUSED' });
    expect(happened).toEqual(['started for local', 'stopped']);
  });

  it('does not keep the gateway from ending where it does not end itself', async () => {
    const stuck: StartBeside = async (opened) => ({
      ...(await beside(opened)),
      stop: () => Promise.reject(new Error('it does not end')),
    });
    const gateway = await start({ beside: stuck });
    await gateway.stop();
    await (await start()).stop();
  });
});
