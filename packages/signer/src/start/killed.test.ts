import { TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { LedgerHandlers, SignerClient } from '../client/index.ts';
import { BACKUP_PASSWORD, connectTo, fund, ledgerHandlers, PASSWORD, secret } from '../fixture.ts';
import { nodeProcess, type Running, startTestSigner } from './process.fixture.ts';

const secrets = () => [secret(PASSWORD), secret(BACKUP_PASSWORD)];

/** Answers about the ledger; the signer dies by SIGKILL when it asks `method` for the nth time, before or after the deed. */
function deadly(
  ledger: TestLedger,
  running: Running,
  method: keyof LedgerHandlers,
  nth: number,
  when: 'before' | 'after',
  sent: Set<string>,
): LedgerHandlers {
  const honest = ledgerHandlers(ledger);
  let count = 0;
  const through =
    <P, R>(name: keyof LedgerHandlers, handler: (params: P) => Promise<R>) =>
    async (params: P): Promise<R> => {
      if (name === 'ledger.submit') sent.add((params as { blob: string }).blob);
      if (name !== method || ++count !== nth) return handler(params);
      if (when === 'after') await handler(params);
      process.kill(nodeProcess(running), 'SIGKILL');
      throw new Error('nobody waits for this any more');
    };
  return {
    'ledger.facts': through('ledger.facts', honest['ledger.facts']),
    'ledger.submit': through('ledger.submit', honest['ledger.submit']),
    'ledger.outcome': through('ledger.outcome', honest['ledger.outcome']),
  };
}

/** Once the last process is seen dead: while it dies, its socket still takes connections. */
async function connectAgain(running: Running, deaths: number, ledger: LedgerHandlers): Promise<SignerClient> {
  await expect
    .poll(() => running.lines.filter(({ message }) => message === 'the signer ended').length, WAIT)
    .toBe(deaths);
  const isUp = () =>
    connectTo(running.signer.operatorSocket).then(
      () => true,
      () => false,
    );
  await expect.poll(isUp, WAIT).toBe(true);
  return connectTo(running.signer.operatorSocket, { ledger });
}

const WAIT = { timeout: 20_000 };

describe('a signer killed with SIGKILL', () => {
  verifies('XR-WAL-5');

  test('while it secures a wallet goes on where it stopped, and sends two transactions in all', {
    timeout: 90_000,
  }, async () => {
    const running = await startTestSigner();
    const ledger = new TestLedger();
    const operator = await connectTo(running.signer.operatorSocket);
    const wish = {
      network: 'local',
      name: 'till',
      algorithm: null,
      policy: null,
      kind: 'agent',
      purpose: null,
      approvalId: null,
    } as const;
    const { address } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result.wallet;
    const ref = { network: 'local', address } as const;
    fund(ledger, address);
    const [file] = (await operator.request('wallet.backup', ref, secrets())).attachments;
    const sent = new Set<string>();
    // The master's first transaction before it is sent, while it is waited for, and the second one after it was sent.
    for (const [deaths, [method, nth, when]] of (
      [
        ['ledger.submit', 1, 'before'],
        ['ledger.outcome', 1, 'after'],
        ['ledger.submit', 1, 'after'],
      ] as const
    ).entries()) {
      const dying = await connectAgain(running, deaths, deadly(ledger, running, method, nth, when, sent));
      await expect(dying.request('wallet.secure', ref, [...secrets(), file!.slice()])).rejects.toMatchObject({
        code: 'SIGNER_CONNECTION_LOST',
      });
    }
    const last = await connectAgain(running, 3, deadly(ledger, running, 'ledger.facts', 99, 'before', sent));
    const { wallet } = (await last.request('wallet.secure', ref, [...secrets(), file!.slice()])).result;
    expect(wallet.keys).toEqual([expect.objectContaining({ role: 'regular', state: 'active' })]);
    expect(await ledgerHandlers(ledger)['ledger.facts'](ref)).toMatchObject({
      masterDisabled: true,
      regularKey: wallet.keys[0]!.address,
    });
    expect(sent.size).toBe(2);
  });
});
