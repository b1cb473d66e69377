import { pbkdf2Sync } from 'node:crypto';
import { type Random, utf8 } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import { vaultError } from '../error.ts';
import { BIP39_ROUNDS, MAX_PASSPHRASE_BYTES } from '../limits.ts';
import { joinSecret, secretBytes } from '../secure-buffer/secret-bytes.ts';
import { SecureBuffer } from '../secure-buffer/secure-buffer.ts';
import { indexOfWord, wordAt, wordBounds } from './words.ts';

export type WordCount = 12 | 15 | 18 | 21 | 24;
const WORD_COUNTS: readonly number[] = [12, 15, 18, 21, 24] satisfies WordCount[];

/**
 * Checks the words of a BIP-39 mnemonic and gives them back in their one spelling: lower case, single spaces. Whatever
 * is wrong, the error is the same and names no word (XR-SEED-1). The caller wipes what it passed in.
 * @throws VAULT_SEED_INVALID for another number of words, a word that is not in the list, or a wrong checksum
 */
export function normaliseMnemonic(text: Uint8Array): SecureBuffer {
  const bounds = wordBounds(text);
  if (!WORD_COUNTS.includes(bounds.length)) throw invalid();
  const bits = secretBytes(Math.ceil((bounds.length * 11) / 8));
  try {
    for (const [at, [from, to]] of bounds.entries()) {
      const index = indexOfWord(text.subarray(from, to));
      if (index < 0) throw invalid();
      writeBits(bits, at * 11, index);
    }
    const entropyBytes = (bounds.length * 4) / 3;
    const entropy = bits.subarray(0, entropyBytes);
    // ENT/32 bits of checksum follow (BIP-39 §Generating the mnemonic); what pads the last byte is zero.
    const mask = 0xff & ~(0xff >> (entropyBytes / 4));
    if ((sha256(entropy)[0]! & mask) !== bits[entropyBytes]!) throw invalid();
    return mnemonicOf(entropy);
  } finally {
    bits.fill(0);
  }
}

/**
 * New words from the system's randomness, for a person to write down: the only place where words leave the vault, and
 * only words that no wallet was made from yet.
 */
export function createMnemonic(random: Random, words: WordCount = 24): SecureBuffer {
  if (!WORD_COUNTS.includes(words)) throw vaultError('VAULT_BAD_INPUT', 'a mnemonic has 12, 15, 18, 21 or 24 words');
  const entropy = random.bytes((words * 4) / 3);
  try {
    return mnemonicOf(entropy);
  } finally {
    entropy.fill(0);
  }
}

/**
 * The 64-byte seed of a mnemonic in its one spelling (BIP-39 §From mnemonic to seed); the caller wipes it.
 * @param passphrase UTF-8 of the NFKD form; empty where there is none
 */
export function seedOfMnemonic(mnemonic: SecureBuffer, passphrase: Uint8Array = new Uint8Array(0)): SecureBuffer {
  if (passphrase.length > MAX_PASSPHRASE_BYTES) throw vaultError('VAULT_BAD_INPUT', 'the passphrase is too long');
  const salt = joinSecret(utf8('mnemonic'), passphrase);
  try {
    return SecureBuffer.take(pbkdf2Sync(mnemonic.getBuffer(), salt, BIP39_ROUNDS, 64, 'sha512'));
  } finally {
    salt.fill(0);
  }
}

/** Words of 16, 20, 24, 28 or 32 bytes of entropy. */
function mnemonicOf(entropy: Uint8Array): SecureBuffer {
  const bits = joinSecret(entropy, sha256(entropy).subarray(0, 1));
  const text = secretBytes(((entropy.length * 3) / 4) * 9);
  let length = 0;
  for (let at = 0; at < (entropy.length * 3) / 4; at++) {
    if (at > 0) text[length++] = 0x20;
    const word = wordAt(readBits(bits, at * 11));
    for (let i = 0; i < word.length; i++) text[length++] = word.charCodeAt(i);
  }
  bits.fill(0);
  const mnemonic = SecureBuffer.from(text.subarray(0, length));
  text.fill(0);
  return mnemonic;
}

function writeBits(bytes: Uint8Array, offset: number, value: number): void {
  for (let i = 0; i < 11; i++) {
    if ((value >> (10 - i)) & 1) bytes[(offset + i) >> 3]! |= 0x80 >> ((offset + i) & 7);
  }
}

function readBits(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = 0; i < 11; i++) value = (value << 1) | ((bytes[(offset + i) >> 3]! >> (7 - ((offset + i) & 7))) & 1);
  return value;
}

function invalid() {
  return vaultError('VAULT_SEED_INVALID', 'the words are not a mnemonic: check their number, spelling and order');
}
