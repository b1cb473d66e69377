import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestLedger } from './ledger.ts';
import { loadLedger, saveLedger, saver } from './store.ts';
import { View } from './view.ts';
import { prepareTx, testWallet } from './wallet.ts';

const alice = testWallet('alice');
const bob = testWallet('bob');

describe('the state file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    path = join(folder, 'state.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function lived(): TestLedger {
    const ledger = new TestLedger();
    ledger.fund(alice.address);
    ledger.fund(bob.address);
    ledger.close();
    const entry = { SignerEntry: { Account: bob.address, SignerWeight: 1 } };
    for (const fields of [
      { TransactionType: 'EscrowCreate', Destination: bob.address, Amount: '5000000', FinishAfter: 900_000_000 },
      { TransactionType: 'SignerListSet', SignerQuorum: 1, SignerEntries: [entry] },
      { TransactionType: 'TicketCreate', TicketCount: 2 },
      { TransactionType: 'CheckCreate', Destination: bob.address, SendMax: '7' },
    ]) {
      expect(ledger.submit(alice.sign(prepareTx(ledger, alice.address, fields)).blob).result).toBe('tesSUCCESS');
      ledger.close();
    }
    return ledger;
  }

  it('brings everything back, and goes on at an index never used', () => {
    const ledger = lived();
    saveLedger(path, ledger);
    const again = loadLedger(path);
    expect([...again.openState]).toEqual([...ledger.openState]);
    expect(again.closed.header.ledger_index).toBe(ledger.closed.header.ledger_index + 32);
    const { hash } = ledger.closed.transactions[0]!;
    expect(again.recorded(hash)).toEqual(ledger.recorded(hash));
    const payment = { TransactionType: 'Payment', Destination: bob.address, Amount: '1' };
    expect(again.submit(alice.sign(prepareTx(again, alice.address, payment)).blob).result).toBe('tesSUCCESS');
    again.close();
    expect(new View(again.openState).account(alice.address)?.OwnerCount).toBe(5);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('begins anew where there is no file, and refuses a damaged, tampered or foreign one', () => {
    expect(loadLedger(path).closed.header.ledger_index).toBe(1);
    saveLedger(path, lived());
    expect(() => loadLedger(path, { networkId: 1 })).toThrow('network');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, -9));
    expect(() => loadLedger(path)).toThrow('damaged');
    writeFileSync(path, text.replace('"TicketSequence":', '"TicketSequence":1'));
    expect(() => loadLedger(path)).toThrow('not that of its ledger');
  });

  it('is written when something happened, and now and then', () => {
    const ledger = lived();
    const save = saver(path);
    save(ledger);
    const first = readFileSync(path, 'utf8');
    ledger.close();
    save(ledger);
    expect(readFileSync(path, 'utf8')).toBe(first);
    for (let i = 0; i < 31; i++) save(ledger);
    expect(readFileSync(path, 'utf8')).not.toBe(first);
  });
});
