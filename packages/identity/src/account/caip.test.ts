import { describe, expect, it } from 'vitest';
import { isWalletAccount } from '../sign-in/wallet-message.ts';
import { accountId, parseAccountId, parseChainId } from './caip.ts';

describe('CAIP ids', () => {
  it.each([
    // CAIP-10's own examples.
    ['eip155:1', '0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb'],
    ['bip122:000000000019d6689c085ae165831e93', '128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6'],
    ['cosmos:cosmoshub-3', 'cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0'],
    ['hedera:mainnet', '0.0.1234567890-zbhlt'],
  ])('%s:%s', (chain, address) => {
    expect(parseAccountId(accountId(chain, address))).toEqual({ ok: true, value: { chain, address } });
    expect(parseChainId(chain).ok).toBe(true);
  });

  it.each(['', 'eip155', 'eip155:', ':1', 'EIP155:1', 'ab:1', 'toolongns:1', 'eip155:1\n', `eip155:${'1'.repeat(33)}`])(
    '%j is no chain',
    (text) => {
      expect(parseChainId(text).ok).toBe(false);
    },
  );

  it.each(['eip155:1', 'eip155:1:', 'eip155:1:0x ', 'eip155:1:a:b', `eip155:1:${'a'.repeat(129)}`])(
    '%j is no account',
    (text) => {
      expect(parseAccountId(text).ok).toBe(false);
      expect(isWalletAccount(text)).toBe(false);
    },
  );

  it.each([
    ['eip155:1:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', true],
    ['eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed', false],
    ['xrpl:0:rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh', true],
    ['xrpl:0:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', false],
    ['cosmos:cosmoshub-3:cosmos1t2uflqwqe0fsj0shcfkrvpukewcw40yjj6hdc0', false],
    ['__proto__:1:a', false],
  ])('%s is a wallet of ours: %s', (text, is) => {
    expect(isWalletAccount(text)).toBe(is);
  });
});
