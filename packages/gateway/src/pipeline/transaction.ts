import { isJsonObject, type Json } from '@wardmesh/core';

/** `_meta` key of a result by which a server of the signer names the transaction it signed or sent (pinned). */
export const META_TX = 'wardmesh/tx';

const CHAIN = /^xrpl:(?:0|[1-9]\d{0,9})$/;
const HASH = /^[0-9A-Fa-f]{64}$/;
const LARGEST_NETWORK_ID = 0xffff_ffff;

/**
 * The transaction that a result names, as receipts spell it: `xrpl:<network id>:<hash, upper case>`. Undefined for
 * anything else than `{chain: "xrpl:<network id>", hash: 64 hex digits}`.
 */
export function transactionOf(result: { readonly _meta?: Json }): string | undefined {
  const named = isJsonObject(result._meta) ? result._meta[META_TX] : undefined;
  if (!isJsonObject(named) || Object.keys(named).length !== 2) return undefined;
  const { chain, hash } = named;
  if (typeof chain !== 'string' || typeof hash !== 'string') return undefined;
  if (!CHAIN.test(chain) || Number(chain.slice('xrpl:'.length)) > LARGEST_NETWORK_ID || !HASH.test(hash)) {
    return undefined;
  }
  return `${chain}:${hash.toUpperCase()}`;
}
