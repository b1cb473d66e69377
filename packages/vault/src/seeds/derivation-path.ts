import { HARDENED_OFFSET, HDKey } from '@scure/bip32';
import { vaultError } from '../error.ts';
import { MAX_PATH_INDEX } from '../limits.ts';
import type { SecureBuffer } from '../secure-buffer/secure-buffer.ts';

/** Which account of a mnemonic: m/44'/144'/account'/0/index (BIP-44; 144 is XRP in SLIP-44). */
export interface DerivationPath {
  readonly account: number;
  readonly index: number;
}

export const FIRST_PATH: DerivationPath = { account: 0, index: 0 };

/** Private key of a path, 32 bytes of secp256k1; the caller wipes it. Each step is wiped on the way. */
export function keyOfPath(seed: SecureBuffer, path: DerivationPath = FIRST_PATH): Uint8Array {
  const steps = [
    44 + HARDENED_OFFSET,
    144 + HARDENED_OFFSET,
    index(path.account) + HARDENED_OFFSET,
    0,
    index(path.index),
  ];
  let node = HDKey.fromMasterSeed(seed.getBuffer());
  for (const step of steps) {
    const parent = node;
    node = parent.deriveChild(step);
    parent.wipePrivateData();
  }
  try {
    return node.privateKey!;
  } finally {
    node.wipePrivateData();
  }
}

function index(value: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= MAX_PATH_INDEX) return value;
  throw vaultError('VAULT_BAD_INPUT', 'an index of a derivation path is 0 to 2147483647');
}
