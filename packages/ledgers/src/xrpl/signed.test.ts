import { testWallet, walletOfSeed } from '@wardmesh/local-ledger';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { parseSigned, transactionHash } from './signed.ts';

const alice = testWallet('alice');
const fields = {
  TransactionType: 'Payment',
  Account: alice.address,
  Destination: testWallet('bob').address,
  Amount: '1',
  Fee: '10',
  Sequence: 1,
  LastLedgerSequence: 9,
};

describe('signed bytes', () => {
  it('have the hash of the published vector, in either case of hex', () => {
    const { blob } = walletOfSeed('sEdTM1uX8pu2do5XvTnutH6HsouMaM2').sign({
      TransactionType: 'Payment',
      Account: 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL',
      Destination: 'rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh',
      Amount: '1000000',
      Fee: '12',
      Sequence: 1,
      LastLedgerSequence: 100,
      Flags: 0,
    });
    const hash = '8B615790526DE6386D45890D4F635D93AF2A863FF72E7A0E6568F478A14AF461';
    expect(transactionHash(blob)).toBe(hash);
    expect(parseSigned(blob.toLowerCase(), 1)).toMatchObject({ blob, hash, lastLedgerSequence: 100 });
  });

  it('name a network above 1,024 and none below, and it is this one', () => {
    verifies('XR-NET-1');
    const of = (NetworkID?: number) => alice.sign({ ...fields, ...(NetworkID !== undefined && { NetworkID }) }).blob;
    for (const networkId of [0, 1, 2, 1_024]) {
      expect(() => parseSigned(of(), networkId)).not.toThrow();
      expect(() => parseSigned(of(networkId), networkId)).toThrow(/not for network/);
    }
    expect(() => parseSigned(of(1_025), 1_025)).not.toThrow();
    for (const wrong of [undefined, 0, 1_026]) expect(() => parseSigned(of(wrong), 1_025)).toThrow(/not for network/);
  });

  it('are refused without a last ledger: nothing about them could ever be final', () => {
    verifies('XR-SEQ-1');
    const { LastLedgerSequence: _, ...endless } = fields;
    expect(() => parseSigned(alice.sign(endless).blob, 0)).toThrow('LastLedgerSequence');
  });
});
