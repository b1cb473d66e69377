import { concatBytes, type Random, toHex, utf8 } from '@wardmesh/core';
import { hkdf, hmacSha256, open, seal } from '@wardmesh/crypto';
import { StoreError } from '../error.ts';

/** Where a sealed value stands. Every member is authenticated with it, so it opens nowhere else. */
export interface RowPlace {
  readonly table: string;
  readonly id: Uint8Array;
  /** The table's generation when the row was written. */
  readonly version: number;
  readonly lookup: Uint8Array | null;
}

const FORMAT = 1;
const SALT_BYTES = 32;

/**
 * Seals rows: `0x01 ‖ salt (32) ‖ iv (12) ‖ AES-256-GCM ciphertext ‖ tag (16)`. Each sealing has a key of its own, HKDF
 * of the store's key and the salt, so no number of writes wears a key out (XR-CRY-1, XR-CRY-2).
 */
export class RowSeal {
  readonly #rows: Uint8Array;
  readonly #tags: Uint8Array;
  readonly #names: Uint8Array;
  readonly #random: Random;

  /** @param key 32 bytes @throws StoreError STORE_KEY_INVALID */
  constructor(key: Uint8Array, random: Random) {
    if (key.length !== 32) throw new StoreError('STORE_KEY_INVALID', 'the key of a store has 32 bytes');
    this.#rows = hkdf(key, 'store rows');
    this.#tags = hkdf(key, 'store tags');
    this.#names = hkdf(key, 'store names');
    this.#random = random;
  }

  seal(place: RowPlace, plaintext: Uint8Array): Uint8Array {
    const salt = this.#random.bytes(SALT_BYTES);
    const box = seal(hkdf(this.#rows, 'store row', 32, salt), plaintext, placeBytes(place), this.#random);
    return concatBytes(Uint8Array.of(FORMAT), salt, box);
  }

  /** @throws StoreError STORE_ROW_NOT_GENUINE */
  open(place: RowPlace, sealed: Uint8Array): Uint8Array {
    if (sealed[0] !== FORMAT || sealed.length < 1 + SALT_BYTES) throw rowNotGenuine(place.table);
    const key = hkdf(this.#rows, 'store row', 32, sealed.subarray(1, 1 + SALT_BYTES));
    try {
      return open(key, sealed.subarray(1 + SALT_BYTES), placeBytes(place));
    } catch (cause) {
      throw rowNotGenuine(place.table, cause);
    }
  }

  /** What stands in the file for a name that must not be read there: 64 hex digits, the same each time. */
  name(table: string, text: string): string {
    return toHex(hmacSha256(this.#names, utf8(`${table}\u0000${text}`)));
  }

  /** 32 pseudorandom bytes of one version of one row; they never leave the process unsealed. */
  tag(place: RowPlace, sealed: Uint8Array): Uint8Array {
    return hmacSha256(this.#tags, concatBytes(placeBytes(place), sealed));
  }
}

/** Length-prefixed, so that no two places have the same bytes. */
function placeBytes(place: RowPlace): Uint8Array {
  const table = utf8(place.table);
  const lookup = place.lookup ?? new Uint8Array(0);
  const head = new DataView(new ArrayBuffer(21));
  head.setUint32(0, table.length);
  head.setUint32(4, place.id.length);
  head.setBigUint64(8, BigInt(place.version));
  head.setUint8(16, place.lookup === null ? 0 : 1);
  head.setUint32(17, lookup.length);
  return concatBytes(new Uint8Array(head.buffer), table, place.id, lookup);
}

export function rowNotGenuine(table: string, cause?: unknown): StoreError {
  return new StoreError('STORE_ROW_NOT_GENUINE', `a row of ${table} is not genuine`, {
    hint: 'somebody changed the database; restore it from a backup and find out who',
    details: { table },
    cause,
  });
}
