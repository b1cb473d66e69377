import { err, ok, type Result } from '@wardmesh/core';

/** CAIP-2: a namespace and a reference, `eip155:1`. */
export interface ChainId {
  readonly namespace: string;
  readonly reference: string;
}

/** CAIP-10: an account on a chain, `eip155:1:0xab…`. */
export interface AccountId {
  /** CAIP-2. */
  readonly chain: string;
  readonly address: string;
}

const CHAIN = /^([-a-z0-9]{3,8}):([-_a-zA-Z0-9]{1,32})$/;
const ACCOUNT = /^([-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}):([-.%a-zA-Z0-9]{1,128})$/;

/** The parts of a CAIP-2 chain id. */
export function parseChainId(text: string): Result<ChainId, 'malformed'> {
  const match = CHAIN.exec(text);
  return match === null ? err('malformed') : ok({ namespace: match[1]!, reference: match[2]! });
}

/** The parts of a CAIP-10 account id. Says nothing about whether the address is one of that chain. */
export function parseAccountId(text: string): Result<AccountId, 'malformed'> {
  const match = ACCOUNT.exec(text);
  return match === null ? err('malformed') : ok({ chain: match[1]!, address: match[2]! });
}

/** CAIP-10 of a chain and an address in its canonical spelling. */
export function accountId(chain: string, address: string): string {
  return `${chain}:${address}`;
}
