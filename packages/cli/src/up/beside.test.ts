import { CodedError, systemClock, systemRandom } from '@wardmesh/core';
import type { OperatorLog } from '@wardmesh/gateway';
import { parseConfig } from '@wardmesh/gateway/config';
import type { SignerEnd, SignerLogSink, SignerProcess } from '@wardmesh/signer';
import { describe, expect, it } from 'vitest';
import { besideGateway } from './beside.ts';
import type { StartSigner } from './keep-signer.ts';

/** A signer whose life a test decides. */
function fakeSigner() {
  const end = Promise.withResolvers<SignerEnd>();
  let pid: number | undefined = 7;
  let sink: SignerLogSink = () => {};
  const start: StartSigner = async ({ log }): Promise<SignerProcess> => {
    sink = log;
    return {
      agentSocket: '/h/signer/agent/agent.sock',
      agentFolder: '/h/signer/agent',
      operatorSocket: '/h/signer/operator/operator.sock',
      get pid() {
        return pid;
      },
      exited: end.promise,
      stop: async () => end.resolve({ reason: 'stopped' }),
    };
  };
  return {
    start,
    crash: () => {
      pid = undefined;
      sink({ level: 'error', message: 'the signer ended', code: 70 });
    },
    restart: () => {
      pid = 8;
    },
    fail: () => end.resolve({ reason: 'failed', error: new CodedError('SIGNER_CRASH_LOOP', 'too often') }),
  };
}

function rig(yaml: string, startSigner: StartSigner, ledgerFails = false) {
  const parsed = parseConfig(`version: 1\n${yaml}`, '/h/ward.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const lines: string[] = [];
  const told = (event: string, fields?: object): void => void lines.push(`${event} ${JSON.stringify(fields ?? {})}`);
  const log: OperatorLog = { info: told, warn: told, security: told, fault: told as never };
  const order: string[] = [];
  const start = besideGateway({
    clock: systemClock,
    random: systemRandom,
    loadSigner: async () => async (options) => {
      const signer = await startSigner(options);
      return {
        ...signer,
        get pid() {
          return signer.pid;
        },
        stop: async () => {
          order.push('signer');
          await signer.stop();
        },
      };
    },
    startLedger: async () => {
      if (ledgerFails) throw new CodedError('LEDGER_NOT_STARTED', 'the port is taken');
      const exited = Promise.withResolvers<string>();
      return {
        pid: 9,
        address: 'ws://127.0.0.1:1',
        exited: exited.promise,
        stop: async () => {
          order.push('local ledger');
          exited.resolve('stopped');
        },
      };
    },
  });
  return { begin: () => start({ home: '/h', config: parsed.value, log }), lines, order };
}

const WALLET = 'wallet: { local: {} }';

describe('what runs beside the gateway', () => {
  it('is nothing where ward.yaml has no wallets', async () => {
    const beside = await rig('', () => Promise.reject(new Error('not asked for'))).begin();
    expect(beside.status()).toEqual([]);
    await beside.stop();
  });

  it('is the ledger and the signer, ended in the other order', async () => {
    const { begin, order } = rig(WALLET, fakeSigner().start);
    const beside = await begin();
    expect(beside.status()).toEqual([
      { name: 'local ledger', state: 'running', pid: 9, restarts: 0, address: 'ws://127.0.0.1:1' },
      { name: 'signer', state: 'running', pid: 7, restarts: 0 },
    ]);
    await beside.stop();
    expect(order).toEqual(['signer', 'local ledger']);
    expect(beside.status().map(({ state }) => state)).toEqual(['stopped', 'stopped']);
  });

  it('is the signer alone with wallet.local: false, and for any server that asks one', async () => {
    const server = 'servers: { w: { command: run, signer: true } }';
    for (const yaml of ['wallet: { local: false }', 'wallet: {}', server]) {
      const beside = await rig(yaml, fakeSigner().start).begin();
      expect(beside.status().map(({ name }) => name)).toEqual(['signer']);
      await beside.stop();
    }
  });

  it('goes on without a signer that cannot be contained, and says why', async () => {
    const refused = new CodedError('SANDBOX_UNAVAILABLE', 'bwrap is missing', { hint: 'Install bubblewrap.' });
    const { begin, lines } = rig(WALLET, () => Promise.reject(refused));
    const beside = await begin();
    expect(beside.status()[1]).toEqual({
      name: 'signer',
      state: 'refused',
      restarts: 0,
      error: { code: 'SANDBOX_UNAVAILABLE', message: 'bwrap is missing', hint: 'Install bubblewrap.' },
    });
    expect(lines.join()).toContain('signer.refused');
    await beside.stop();
  });

  it('goes on without a ledger whose port is taken, and tries again', async () => {
    const beside = await rig(WALLET, fakeSigner().start, true).begin();
    expect(beside.status()[0]).toMatchObject({
      name: 'local ledger',
      state: 'backing-off',
      error: { code: 'LEDGER_NOT_STARTED', message: 'the port is taken' },
    });
    await beside.stop();
  });

  it('tells of a crashed signer, of the next one, and of one that crashed too often', async () => {
    const signer = fakeSigner();
    const { begin, lines } = rig(WALLET, signer.start);
    const beside = await begin();
    const seen = () => beside.status()[1];
    signer.crash();
    expect(seen()).toEqual({ name: 'signer', state: 'backing-off', restarts: 1 });
    expect(lines.at(-1)).toBe('signer {"message":"the signer ended","code":70}');
    signer.restart();
    expect(seen()).toEqual({ name: 'signer', state: 'running', pid: 8, restarts: 1 });
    signer.crash();
    signer.fail();
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen()).toMatchObject({ state: 'broken', restarts: 2, error: { code: 'SIGNER_CRASH_LOOP' } });
    await beside.stop();
  });
});
