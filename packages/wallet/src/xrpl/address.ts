import { BoundedCache, err, ok, type Result, toHex } from '@wardmesh/core';
import { decodeAccountID, decodeXAddress, encodeAccountID } from 'ripple-address-codec';
import { WalletError } from '../error.ts';
import { KNOWN_ADDRESSES } from '../limits.ts';

/** A classic address whose checksum is right. */
export type Address = string & { readonly __address: true };

export interface ParsedAddress {
  readonly address: Address;
  /** Tag of an X-address; null where none was given. 0 is a tag. */
  readonly tag: number | null;
  /** Whether an X-address said test network; null for a classic address, which does not say. */
  readonly test: boolean | null;
}

const CLASSIC = /^r[1-9A-HJ-NP-Za-km-z]{24,34}$/;
const X_ADDRESS = /^[XT][1-9A-HJ-NP-Za-km-z]{40,60}$/;

/** Addresses recur: a wallet's own stands in each of its transactions. Each was checked before it was remembered. */
const checked = new BoundedCache<string, string>(KNOWN_ADDRESSES);

/** AccountID of a classic address, 40 upper-case hex digits; undefined where the text is none, by pattern or checksum (W19). */
export function accountIdOf(text: string): string | undefined {
  if (!CLASSIC.test(text)) return undefined;
  const known = checked.get(text);
  if (known !== undefined) return known;
  try {
    const bytes = decodeAccountID(text);
    // Base58 decoders may take more than one spelling: only the canonical one is an address.
    if (encodeAccountID(bytes) !== text) return undefined;
    const hex = toHex(bytes).toUpperCase();
    checked.set(text, hex);
    return hex;
  } catch {
    return undefined;
  }
}

/** Whether `text` is a classic address by pattern and by base58 checksum (W19). */
export function isClassicAddress(text: unknown): text is Address {
  return typeof text === 'string' && accountIdOf(text) !== undefined;
}

/**
 * A classic address or an X-address (XLS-5d), checked by pattern and base58 checksum; an X-address also by network.
 * @param options.test which network an X-address must say: true for test networks, false for mainnet.
 * @returns INVALID_ADDRESS
 */
export function parseAddress(
  text: string,
  options: { readonly test?: boolean } = {},
): Result<ParsedAddress, WalletError> {
  if (isClassicAddress(text)) return ok({ address: text, tag: null, test: null });
  if (!X_ADDRESS.test(text))
    return err(new WalletError('INVALID_ADDRESS', 'not an XRPL address, or its checksum is wrong'));
  let decoded: ReturnType<typeof decodeXAddress>;
  try {
    decoded = decodeXAddress(text);
  } catch (cause) {
    return err(new WalletError('INVALID_ADDRESS', 'not an X-address, or its checksum is wrong', { cause }));
  }
  if (options.test !== undefined && decoded.test !== options.test) {
    const network = decoded.test ? 'a test network' : 'mainnet';
    return err(new WalletError('INVALID_ADDRESS', `the X-address is for ${network}`));
  }
  const address = encodeAccountID(decoded.accountId) as Address;
  return ok({ address, tag: decoded.tag === false ? null : decoded.tag, test: decoded.test });
}

/** The 20-byte AccountID. @throws for what {@link isClassicAddress} refuses. */
export function accountId(address: Address): Uint8Array {
  return decodeAccountID(address);
}
