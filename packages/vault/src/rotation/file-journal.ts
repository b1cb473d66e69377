import { canonicalBytes, fromUtf8, type JsonObject, parseStrictJson } from '@wardmesh/core';
import type { SealingKey } from '@wardmesh/crypto';
import { fromCrypto, vaultError } from '../error.ts';
import { MAX_JOURNAL_BYTES } from '../limits.ts';
import type { VaultFiles } from '../ports.ts';
import { assertPlace, type Network } from '../wallet-file/place.ts';
import type { RotationJournal, RotationLog } from './ports.ts';

/** The journal in sealed files, one a wallet: it names accounts and holds signed transactions. */
export function fileJournal(files: VaultFiles, key: SealingKey, network: Network): RotationJournal {
  const pathOf = (walletId: string): string => {
    assertPlace({ network, walletId });
    return `${network}/rotations/${walletId}.sealed`;
  };
  const aadOf = (walletId: string) => canonicalBytes({ purpose: 'wardmesh/v1/rotation', network, walletId });
  return {
    async load(walletId) {
      const sealed = await files.read(pathOf(walletId), MAX_JOURNAL_BYTES);
      if (sealed === undefined) return { completed: [] };
      try {
        const parsed = parseStrictJson(fromUtf8(key.open(sealed, aadOf(walletId))));
        const content = parsed.ok ? (parsed.value as JsonObject) : undefined;
        if (content?.version === 1) return content.log as unknown as RotationLog;
      } catch (error) {
        throw fromCrypto(error);
      }
      throw vaultError('VAULT_FORMAT', 'the journal of rotations is of another version');
    },
    async save(walletId, log) {
      let sealed: Uint8Array;
      try {
        sealed = key.seal(canonicalBytes({ version: 1, log }), aadOf(walletId));
      } catch (error) {
        throw fromCrypto(error);
      }
      await files.write(pathOf(walletId), sealed);
    },
  };
}
