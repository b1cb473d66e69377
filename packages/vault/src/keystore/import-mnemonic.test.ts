import { mnemonicToEntropy, mnemonicToSeedSync } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';
import { encodeBundle, openKeys } from '../wallet-file/data-key.ts';
import { encodeKeySet } from '../wallet-file/stored-key.ts';
import { openWallet } from '../wallet-file/wallet-file.ts';
import { backupPassword, importSeed, openKeystore, password, secret } from './keystore.fixture.ts';

const WORDS = 'legal winner thank year wave sausage worth useful legal winner thank yellow';

describe('a wallet imported from words', () => {
  verifies('XR-SEED-1');

  test('stores neither words nor entropy nor seed, not even sealed', async () => {
    const { keystore, files, options } = await openKeystore();
    const confirmedAddress = 'rHsMGQEkVNJmpGWs8XUBoTBiAAbwxZN5v3';
    await expect(importSeed(keystore, { secret: secret(WORDS), confirmedAddress })).rejects.toMatchObject({
      code: 'VAULT_ADDRESS_NOT_CONFIRMED',
    });
    const request = { secret: secret(`${'abandon '.repeat(11)}about`), confirmedAddress };
    const { walletId } = await importSeed(keystore, request);
    expect(request.secret.isZeroed).toBe(true);
    await keystore.backup(walletId, password(), backupPassword());
    const place = { network: 'testnet', walletId } as const;
    const bytes = files.files.get(`testnet/wallets/${walletId}.wallet.json`)!;
    using opened = await openWallet(password().getBuffer(), bytes, place, options);
    using keys = openKeys(opened.bundle, place);
    const words = `${'abandon '.repeat(11)}about`;
    const forms = [utf8('abandon'), mnemonicToEntropy(words, wordlist), mnemonicToSeedSync(words)].map((form) =>
      Buffer.from(form),
    );
    const stored = [...files.files.values(), encodeBundle(opened.bundle).getBuffer(), encodeKeySet(keys).getBuffer()];
    for (const text of stored) for (const form of forms) expect(Buffer.from(text).includes(form)).toBe(false);
    // Control: what is stored is the one key that the path gives.
    expect(keys.keys.map(({ secret: key }) => key.length)).toEqual([32]);
  });
});
