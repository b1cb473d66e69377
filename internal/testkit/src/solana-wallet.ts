import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A Solana wallet of a person in tests. */
export class SolanaWallet {
  readonly #key: KeyObject;
  readonly address: string;
  /** CAIP-2. */
  readonly chain = 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp';

  constructor(seed?: Uint8Array) {
    this.#key =
      seed === undefined
        ? generateKeyPairSync('ed25519').privateKey
        : createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
    this.address = base58(createPublicKey(this.#key).export({ format: 'der', type: 'spki' }).subarray(-32));
  }

  /** CAIP-10. */
  get id(): string {
    return `${this.chain}:${this.address}`;
  }

  /** As `signMessage` of the wallet standard; base64. */
  sign(message: string): string {
    return sign(null, Buffer.from(message), this.#key).toString('base64');
  }
}

function base58(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = ALPHABET[Number(value % 58n)] + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}
