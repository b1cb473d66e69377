import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalLedger } from './local-ledger.ts';

describe('the local ledger of ward up', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ward-ledger-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('serves, keeps its ledgers in the home for its owner alone, and ends when it is told', async () => {
    const ledger = await startLocalLedger({ home, port: 0, closeEveryMs: 50 });
    expect(ledger.address).toMatch(/^ws:\/\/127\.0\.0\.1:\d+$/);
    await ledger.stop();
    expect(await ledger.exited).toBe('it ended with 0');
    expect(JSON.parse(readFileSync(join(home, 'ledger/state.json'), 'utf8')).networkId).toBe(31_337);
    expect(statSync(join(home, 'ledger')).mode & 0o777).toBe(0o700);
    expect(() => process.kill(ledger.pid, 0)).toThrow();
  });

  it('tells why it ended', async () => {
    const ledger = await startLocalLedger({ home, port: 0, closeEveryMs: 50 });
    process.kill(ledger.pid, 'SIGKILL');
    expect(await ledger.exited).toBe('it was ended by SIGKILL');
  });

  it('tells why it did not start', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    await expect(startLocalLedger({ home, port, closeEveryMs: 50 })).rejects.toMatchObject({
      code: 'LEDGER_NOT_STARTED',
      message: expect.stringContaining('EADDRINUSE'),
    });
    taken.close();
  });
});
