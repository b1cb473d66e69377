import { TestLedger } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import type { LedgerHandlers } from '../client/index.ts';
import {
  BACKUP_PASSWORD,
  Consent,
  connectTo,
  fund,
  ledgerHandlers,
  openTestSigner,
  PASSWORD,
  secret,
  temporaryHome,
} from '../fixture.ts';

const wish = {
  network: 'local',
  name: 'till',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
} as const;

/** A funded wallet with its backup, on a ledger that outlives the processes. */
async function prepare() {
  const home = await temporaryHome();
  const consent = new Consent();
  const ledger = new TestLedger();
  const signer = await openTestSigner(home, consent);
  const operator = await connectTo(signer.operatorSocket, { ledger: ledgerHandlers(ledger) });
  const { wallet } = (await operator.request('wallet.create', wish, [secret(PASSWORD)])).result;
  const ref = { network: 'local', address: wallet.address } as const;
  fund(ledger, wallet.address);
  const [file] = (await operator.request('wallet.backup', ref, [secret(PASSWORD), secret(BACKUP_PASSWORD)]))
    .attachments;
  const secrets = () => [secret(PASSWORD), secret(BACKUP_PASSWORD), file!.slice()];
  return { home, consent, ledger, signer, operator, wallet, ref, secrets };
}

const stateOf = async (ledger: TestLedger, address: string) =>
  ledgerHandlers(ledger)['ledger.facts']({ network: 'local', address });

describe('the cold master and the hot regular key', () => {
  verifies('XR-WAL-5', 'CM-KEY-2');

  test('are split: the ledger takes the regular key only, and the master is in the backup alone', async () => {
    const { ledger, operator, wallet, ref, secrets, consent } = await prepare();
    const { result } = await operator.request('wallet.secure', ref, secrets());
    expect(result.steps).toEqual([
      'backup_verified',
      'regular_key_set',
      'regular_key_active',
      'master_disabled',
      'master_forgotten',
    ]);
    expect(result.wallet.keys).toEqual([expect.objectContaining({ role: 'regular', state: 'active' })]);
    expect(result.wallet.unlocked).toBe(false);
    const onLedger = await stateOf(ledger, wallet.address);
    expect(onLedger).toMatchObject({ masterDisabled: true, regularKey: result.wallet.keys[0]!.address });
    expect(consent.records.map(({ type }) => type).slice(-3)).toEqual([
      'wallet.set_regular_key',
      'wallet.disable_master',
      'wallet.secure',
    ]);
    expect((await operator.request('wallet.secure', ref, secrets())).result.steps).toEqual(['already_secured']);
  });

  test('nothing is sent without a backup that opens', async () => {
    const { ledger, operator, ref, secrets } = await prepare();
    const [password, , file] = secrets();
    await expect(
      operator.request('wallet.secure', ref, [password!, secret('Wrong battery 77'), file!]),
    ).rejects.toMatchObject({ code: 'VAULT_NOT_GENUINE' });
    const [again, backup, damaged] = secrets();
    damaged![200]! ^= 1;
    await expect(operator.request('wallet.secure', ref, [again!, backup!, damaged!])).rejects.toThrow();
    expect(await stateOf(ledger, ref.address)).toMatchObject({ masterDisabled: false, regularKey: null });
  });

  test('nothing is given up where the ledger says one thing and has another', async () => {
    const { ledger, signer, ref, secrets } = await prepare();
    const honest = ledgerHandlers(ledger);
    const liar = await connectTo(signer.operatorSocket, {
      ledger: {
        ...honest,
        'ledger.submit': async () => ({}),
        'ledger.outcome': async () => ({ outcome: 'validated', code: 'tesSUCCESS' }),
      },
    });
    await expect(liar.request('wallet.secure', ref, secrets())).rejects.toMatchObject({ code: 'WALLET_STATE' });
    const { wallets } = (await liar.request('wallets.list', { network: null })).result;
    expect(wallets[0]!.keys.map(({ role, state }) => [role, state])).toEqual([
      ['master', 'active'],
      ['regular', 'pending'],
    ]);
  });

  test('a client without a ledger is told so', async () => {
    const { signer, ref, secrets } = await prepare();
    const blind = await connectTo(signer.operatorSocket);
    await expect(blind.request('wallet.secure', ref, secrets())).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  });

  test('a fee that would drain the account is not signed', async () => {
    const { ledger, signer, ref, secrets } = await prepare();
    const honest = ledgerHandlers(ledger);
    const dear = await connectTo(signer.operatorSocket, {
      ledger: {
        ...honest,
        'ledger.facts': async (given) => {
          const known = await honest['ledger.facts'](given);
          return { ...known, facts: { ...known.facts, fee: '900000000' } };
        },
      },
    });
    await expect(dear.request('wallet.secure', ref, secrets())).rejects.toMatchObject({ code: 'LEDGER_REFUSED' });
  });

  /** Each question to the ledger and each entry of the log is a place to die; the disk and the ledger stay. */
  const deaths = [
    'wallet.set_regular_key',
    'wallet.disable_master',
    'wallet.secure',
    'ledger 1',
    'ledger 2',
    'ledger 3',
    'ledger 4',
    'ledger 5',
    'ledger 6',
    'ledger 7',
    'ledger 8',
    'ledger 9',
  ];

  test.each(deaths)('go on after a death at %s, and send each transaction once', async (death) => {
    const { home, consent, ledger, signer, ref, secrets } = await prepare();
    const honest = ledgerHandlers(ledger);
    const sent = new Set<string>();
    let calls = 0;
    const watch = (dying: number): LedgerHandlers => {
      const through =
        <P, R>(handler: (params: P) => Promise<R>) =>
        async (params: P): Promise<R> => {
          if (++calls === dying) {
            // Half of them die before the deed, half after it.
            if (dying % 2 === 0) await handler(params);
            throw new Error('died');
          }
          return handler(params);
        };
      return {
        'ledger.facts': through(honest['ledger.facts']),
        'ledger.submit': through(async (params) => {
          sent.add(params.blob);
          return honest['ledger.submit'](params);
        }),
        'ledger.outcome': through(honest['ledger.outcome']),
      };
    };
    if (death.startsWith('wallet')) consent.dieAt = death;
    const first = await connectTo(signer.operatorSocket, { ledger: watch(Number(death.split(' ')[1] ?? -1)) });
    const outcome = await first.request('wallet.secure', ref, secrets()).then(
      () => 'done',
      () => 'died',
    );
    if (outcome === 'done') expect(calls).toBeLessThan(9);
    await signer.close();

    const next = await openTestSigner(home, consent);
    calls = 0;
    const second = await connectTo(next.operatorSocket, { ledger: watch(-1) });
    const { wallet } = (await second.request('wallet.secure', ref, secrets())).result;
    expect(wallet.keys).toEqual([expect.objectContaining({ role: 'regular', state: 'active' })]);
    expect(await stateOf(ledger, ref.address)).toMatchObject({
      masterDisabled: true,
      regularKey: wallet.keys[0]!.address,
    });
    expect(sent.size).toBe(2);
  });
});
