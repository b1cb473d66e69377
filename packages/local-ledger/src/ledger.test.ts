import fc from 'fast-check';
import { encode } from 'ripple-binary-codec';
import { beforeEach, describe, expect, it } from 'vitest';
import { conditionOf, fulfillmentOf } from './condition.ts';
import type { AccountRoot } from './entry.ts';
import { assertInvariants } from './invariants.ts';
import { accountIndex } from './keylet.ts';
import { GENESIS_ACCOUNT, TestLedger } from './ledger.ts';
import { type ResultName, resultCode } from './result.ts';
import { View } from './view.ts';
import { combineSigners, prepareTx, type TxFields, testWallet } from './wallet.ts';

const [alice, bob, carol, dave] = ['alice', 'bob', 'carol', 'dave'].map((name) => testWallet(name)) as [
  ReturnType<typeof testWallet>,
  ReturnType<typeof testWallet>,
  ReturnType<typeof testWallet>,
  ReturnType<typeof testWallet>,
];
const XRP = 1_000_000n;

let ledger: TestLedger;

beforeEach(() => {
  ledger = new TestLedger({ firstIndex: 300 });
  for (const { address } of [alice, bob, carol]) ledger.fund(address);
  ledger.close();
});

function submit(wallet: typeof alice, fields: TxFields): ResultName {
  return ledger.submit(wallet.sign(prepareTx(ledger, wallet.address, fields)).blob).result;
}

function account(address: string): AccountRoot | undefined {
  return new View(ledger.openState).account(address);
}

const pay = (fields: Partial<TxFields> = {}): TxFields => ({
  TransactionType: 'Payment',
  Destination: bob.address,
  Amount: '1000000',
  ...fields,
});

describe('results', () => {
  it.each<[string, TxFields, ResultName]>([
    ['a payment', pay(), 'tesSUCCESS'],
    ['nothing', pay({ Amount: '0' }), 'temBAD_AMOUNT'],
    ['to itself', pay({ Destination: alice.address }), 'temREDUNDANT'],
    ['an unknown flag', pay({ Flags: 1 }), 'temINVALID_FLAG'],
    ['a partial payment of XRP', pay({ Flags: 0x0002_0000 }), 'temBAD_SEND_XRP_PARTIAL'],
    ['SendMax with XRP', pay({ SendMax: '5' }), 'temBAD_SEND_XRP_MAX'],
    ['to nobody, below the reserve', pay({ Destination: dave.address, Amount: '999999' }), 'tecNO_DST_INSUF_XRP'],
    ['to nobody, with the reserve', pay({ Destination: dave.address }), 'tesSUCCESS'],
    ['all but the reserve', pay({ Amount: (999n * XRP).toString() }), 'tesSUCCESS'],
    ['one drop of the reserve', pay({ Amount: (999n * XRP + 1n).toString() }), 'tecUNFUNDED_PAYMENT'],
    ['10^17 drops', pay({ Amount: '100000000000000000' }), 'tecUNFUNDED_PAYMENT'],
    ['a used sequence', pay({ Sequence: 1 }), 'tefPAST_SEQ'],
    ['a sequence ahead', pay({ Sequence: 100_000 }), 'terPRE_SEQ'],
    ['a sequence and a ticket', pay({ Sequence: 5, TicketSequence: 5 }), 'temSEQ_AND_TICKET'],
    ['a ticket never made', pay({ TicketSequence: 5 }), 'tefNO_TICKET'],
    ['a last ledger that is over', pay({ LastLedgerSequence: 200 }), 'tefMAX_LEDGER'],
    ['a fee too low', pay({ Fee: '9' }), 'telINSUF_FEE_P'],
    ['a fee beyond the balance', pay({ Fee: '1000000001' }), 'terINSUF_FEE_B'],
    ['another network', pay({ NetworkID: 21_338 }), 'telWRONG_NETWORK'],
    ['memos too large', pay({ Memos: [{ Memo: { MemoData: 'AA'.repeat(1_100) } }] }), 'temINVALID'],
    ['itself as regular key', { TransactionType: 'SetRegularKey', RegularKey: alice.address }, 'temBAD_REGKEY'],
    ['no tickets', { TransactionType: 'TicketCreate', TicketCount: 0 }, 'temINVALID_COUNT'],
    [
      'an escrow without end',
      { TransactionType: 'EscrowCreate', Destination: bob.address, Amount: '1' },
      'temBAD_EXPIRATION',
    ],
    ['a transfer rate', { TransactionType: 'AccountSet', TransferRate: 1_100_000_000 }, 'temDISABLED'],
    ['deletion too soon', { TransactionType: 'AccountDelete', Destination: bob.address, Fee: '200000' }, 'tecTOO_SOON'],
    ['deletion too cheap', { TransactionType: 'AccountDelete', Destination: bob.address }, 'telINSUF_FEE_P'],
    ['a type of other ledgers', { TransactionType: 'OfferCancel', OfferSequence: 1 }, 'temDISABLED'],
  ])('%s', (_, fields, result) => {
    expect(submit(alice, fields)).toBe(result);
  });

  it('has the numbers of the real ledger', () => {
    const numbers = [
      'tesSUCCESS',
      'tecUNFUNDED_PAYMENT',
      'tefPAST_SEQ',
      'telINSUF_FEE_P',
      'temDISABLED',
      'terPRE_SEQ',
    ] as const;
    expect(numbers.map(resultCode)).toEqual([0, 104, -190, -394, -273, -92]);
    expect(() => resultCode('tecNONSENSE')).toThrow(RangeError);
  });

  it('takes fee and sequence for a tec, and nothing else', () => {
    const before = account(alice.address)!;
    expect(submit(alice, pay({ Destination: dave.address, Amount: '1' }))).toBe('tecNO_DST_INSUF_XRP');
    expect(account(alice.address)).toMatchObject({ Balance: before.Balance - 10n, Sequence: before.Sequence + 1 });
  });

  it('takes nothing for a tem, tef, tel or ter', () => {
    const before = account(alice.address);
    for (const fields of [{ Amount: '0' }, { Sequence: 1 }, { Fee: '1' }, { Sequence: 9_999 }])
      submit(alice, pay(fields));
    expect(account(alice.address)).toEqual(before);
  });

  it('asks for more under load', () => {
    ledger.load = 50n;
    expect(submit(alice, pay())).toBe('telINSUF_FEE_P');
    expect(submit(alice, pay({ Fee: '500' }))).toBe('tesSUCCESS');
  });
});

describe('sequences', () => {
  it('holds a transaction for the one before it', () => {
    const { Sequence } = account(alice.address)!;
    expect(submit(alice, pay({ Sequence: Sequence + 1, Amount: '7' }))).toBe('terPRE_SEQ');
    expect(submit(alice, pay({ Sequence, Amount: '8' }))).toBe('tesSUCCESS');
    ledger.close();
    expect(ledger.closed.transactions.map(({ tx }) => tx.Amount)).toEqual(['8', '7']);
  });

  it('applies nothing twice', () => {
    const { blob } = alice.sign(prepareTx(ledger, alice.address, pay()));
    expect(ledger.submit(blob).result).toBe('tesSUCCESS');
    expect(ledger.submit(blob).result).toBe('tefALREADY');
    ledger.close();
    expect(ledger.submit(blob).result).toBe('tefALREADY');
  });

  it('forgets the transactions of a ledger that is abandoned', () => {
    const before = ledger.closed.header.ledger_hash;
    const { blob, hash } = alice.sign(prepareTx(ledger, alice.address, pay()));
    ledger.submit(blob);
    ledger.close();
    ledger.fork(1);
    expect(ledger.recorded(hash)).toBeUndefined();
    expect(ledger.closed.header.ledger_hash).toBe(before);
    expect(ledger.submit(blob).result).toBe('tesSUCCESS');
  });
});

describe('signatures', () => {
  const list = (quorum: number, ...weights: [string, number][]): TxFields => ({
    TransactionType: 'SignerListSet',
    SignerQuorum: quorum,
    SignerEntries: weights.map(([Account, SignerWeight]) => ({ SignerEntry: { Account, SignerWeight } })),
  });

  it('W11: refuses an all-zero forged signature in a multisignature', () => {
    submit(alice, list(2, [bob.address, 1], [carol.address, 1]));
    const tx = prepareTx(ledger, alice.address, pay(), 2);
    const forged = { Signer: { ...carol.cosign(tx).Signer, TxnSignature: '00'.repeat(64) } };
    const { result, fault } = ledger.submit(combineSigners(tx, [bob.cosign(tx), forged]).blob);
    expect([result, fault]).toEqual(['temBAD_SIGNATURE', `Invalid signature on account ${carol.address}.`]);
    expect(ledger.submit(combineSigners(tx, [bob.cosign(tx), carol.cosign(tx)]).blob).result).toBe('tesSUCCESS');
  });

  it('W11: refuses a signature over another amount', () => {
    submit(alice, list(1, [bob.address, 1]));
    const tx = prepareTx(ledger, alice.address, pay(), 1);
    const other = bob.cosign({ ...tx, Amount: '1' });
    expect(ledger.submit(combineSigners(tx, [other]).blob).result).toBe('temBAD_SIGNATURE');
  });

  it('W11: refuses signers in the order of their addresses where that is not the order of their bytes', () => {
    const signers = ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => testWallet(name));
    submit(alice, list(6, ...signers.map(({ address }): [string, number] => [address, 1])));
    const tx = prepareTx(ledger, alice.address, pay(), 6);
    const byText = signers
      .map((signer) => signer.cosign(tx))
      .sort((a, b) => a.Signer.Account.localeCompare(b.Signer.Account));
    const fields = { ...tx, SigningPubKey: '', Signers: byText };
    expect(ledger.submit(encode(fields)).fault).toBe('Unsorted Signers array.');
    expect(ledger.submit(combineSigners(tx, byText).blob).result).toBe('tesSUCCESS');
  });

  it('counts weights, and knows strangers, lists and quorums', () => {
    const once = (signers: readonly (typeof alice)[]): ResultName => {
      const tx = prepareTx(ledger, alice.address, pay(), signers.length);
      return ledger.submit(
        combineSigners(
          tx,
          signers.map((signer) => signer.cosign(tx)),
        ).blob,
      ).result;
    };
    expect(once([bob])).toBe('tefNOT_MULTI_SIGNING');
    submit(alice, list(3, [bob.address, 2], [carol.address, 1], [dave.address, 1]));
    expect(once([bob])).toBe('tefBAD_QUORUM');
    expect(once([carol, dave])).toBe('tefBAD_QUORUM');
    expect(once([bob, testWallet('stranger')])).toBe('tefBAD_SIGNATURE');
    // dave does not exist on the ledger: a signer need not.
    expect(once([bob, dave])).toBe('tesSUCCESS');
  });

  it('takes the regular key of a signer', () => {
    submit(bob, { TransactionType: 'SetRegularKey', RegularKey: dave.address });
    submit(alice, list(1, [bob.address, 1]));
    const tx = prepareTx(ledger, alice.address, pay(), 1);
    expect(ledger.submit(combineSigners(tx, [carol.cosign(tx, bob.address)]).blob).result).toBe('tefBAD_SIGNATURE');
    expect(ledger.submit(combineSigners(tx, [dave.cosign(tx, bob.address)]).blob).result).toBe('tesSUCCESS');
  });

  it.each<[string, number, [string, number][], ResultName]>([
    ['a quorum out of reach', 3, [[bob.address, 1]], 'temBAD_QUORUM'],
    ['a weightless signer', 1, [[bob.address, 0]], 'temBAD_WEIGHT'],
    ['the account itself', 1, [[alice.address, 1]], 'temBAD_SIGNER'],
    [
      'a signer twice',
      1,
      [
        [bob.address, 1],
        [bob.address, 1],
      ],
      'temBAD_SIGNER',
    ],
  ])('refuses a list with %s', (_, quorum, entries, result) => {
    expect(submit(alice, list(quorum, ...entries))).toBe(result);
  });
});

describe('conditions', () => {
  it('has the published vector of the empty preimage', () => {
    const condition = 'A0258020E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855810100';
    expect(conditionOf(new Uint8Array())).toBe(condition);
    expect(fulfillmentOf(new Uint8Array())).toBe('A0028000');
  });
});

describe('account deletion', () => {
  it('waits for age and obligations, then sends all that is left', () => {
    ledger.advance(256);
    const escrow = { TransactionType: 'EscrowCreate', Destination: bob.address, Amount: '5', FinishAfter: 900_000_000 };
    submit(alice, escrow);
    submit(carol, { TransactionType: 'TicketCreate', TicketCount: 2 });
    ledger.advance(5);
    const remove = { TransactionType: 'AccountDelete', Destination: bob.address, Fee: '200000' };
    expect(submit(alice, remove)).toBe('tecHAS_OBLIGATIONS');
    const before = account(bob.address)!.Balance;
    const left = account(carol.address)!.Balance - 200_000n;
    expect(submit(carol, remove)).toBe('tesSUCCESS');
    expect(account(carol.address)).toBeUndefined();
    expect(account(bob.address)!.Balance).toBe(before + left);
    ledger.close();
    expect(submit(carol, pay())).toBe('terNO_ACCOUNT');
  });
});

describe('invariants', () => {
  it('hold over random transactions of every type', () => {
    const wallets = ['w0', 'w1', 'w2', 'w3'].map((name) => testWallet(name));
    const address = fc.constantFrom(...wallets.map((wallet) => wallet.address));
    const drops = fc.bigInt({ min: 0n, max: 2_000n * XRP }).map(String);
    const usd = fc.record(
      {
        currency: fc.constant('USD'),
        issuer: address,
        value: fc.integer({ min: 0, max: 500 }).map(String),
      },
      { noNullPrototype: true },
    );
    const time = fc.integer({ min: 853_000_000, max: 853_010_000 });
    const sequence = fc.integer({ min: 1, max: 12 });
    const fields = fc.oneof(
      fc.record({ TransactionType: fc.constant('Payment'), Destination: address, Amount: fc.oneof(drops, usd) }),
      fc.record({
        TransactionType: fc.constant('TrustSet'),
        LimitAmount: usd,
        Flags: fc.constantFrom(0, 0x0002_0000, 0x0004_0000, 0x0010_0000),
      }),
      fc.record({
        TransactionType: fc.constant('EscrowCreate'),
        Destination: address,
        Amount: drops,
        FinishAfter: time,
        CancelAfter: time,
      }),
      fc.record({
        TransactionType: fc.constantFrom('EscrowFinish', 'EscrowCancel'),
        Owner: address,
        OfferSequence: sequence,
      }),
      fc.record({ TransactionType: fc.constant('TicketCreate'), TicketCount: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ TransactionType: fc.constant('AccountSet'), TicketSequence: sequence }),
      fc.record({ TransactionType: fc.constant('AccountSet'), SetFlag: fc.constantFrom(1, 8, 9) }),
      fc.record({ TransactionType: fc.constant('CheckCreate'), Destination: address, SendMax: drops }),
      fc.record({ TransactionType: fc.constant('AccountDelete'), Destination: address, Fee: fc.constant('200000') }),
      fc.record({ TransactionType: fc.constant('SetRegularKey'), RegularKey: address }),
    );
    const step = fc.oneof(
      { weight: 9, arbitrary: fc.record({ kind: fc.constant('send' as const), from: fc.nat(3), fields }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), seconds: fc.nat(4_000) }) },
    );
    const results = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60 }), (steps) => {
        let now = (853_000_000 + 946_684_800) * 1_000;
        const random = new TestLedger({ clock: { now: () => now, monotonic: () => now } });
        for (const wallet of wallets) random.fund(wallet.address, 1_500n * XRP);
        random.close();
        for (const one of steps) {
          if (one.kind === 'close') {
            now += one.seconds * 1_000;
            random.close();
            continue;
          }
          const wallet = wallets[one.from]!;
          const { result } = random.submit(wallet.sign(prepareTx(random, wallet.address, one.fields as TxFields)).blob);
          results.set(result, (results.get(result) ?? 0) + 1);
        }
        // close() asserts the invariants of what it made.
        random.close();
      }),
      { numRuns: 12, seed: 7 },
    );
    // The control: the run reached successes and failures of many kinds.
    expect(results.get('tesSUCCESS')).toBeGreaterThan(50);
    expect(results.size).toBeGreaterThan(10);
  });

  it('find what is planted: made, lost and negative XRP, a sequence set back, a wrong owner count', () => {
    const { state } = ledger.closed;
    const totalDrops = BigInt(ledger.closed.header.total_coins);
    const index = accountIndex(alice.address);
    const root = state!.get(index) as AccountRoot;
    const genesis = state!.get(accountIndex(GENESIS_ACCOUNT)) as AccountRoot;
    const planted = (...entries: AccountRoot[]) =>
      new Map([...state!, ...entries.map((entry) => [entry.index, entry] as const)]);
    const check = (after: ReadonlyMap<string, never> | ReturnType<typeof planted>, fees = 0n, total = totalDrops) =>
      assertInvariants({ state: state!, totalDrops }, { state: after, totalDrops: total }, fees);
    expect(() => check(planted())).not.toThrow();
    expect(() => check(planted({ ...root, Balance: root.Balance + 1n }))).toThrow('conserved');
    expect(() => check(planted({ ...root, Balance: root.Balance - 1n }))).toThrow('conserved');
    expect(() => check(planted(), 10n)).toThrow('burnt');
    const debt = [
      { ...root, Balance: -1n },
      { ...genesis, Balance: genesis.Balance + root.Balance + 1n },
    ];
    expect(() => check(planted(...debt))).toThrow('negative');
    expect(() => check(planted({ ...root, Sequence: root.Sequence - 1 }))).toThrow('sequence');
    expect(() => check(planted({ ...root, OwnerCount: 1 }))).toThrow('owner count');
  });
});
