import { toHex } from '@wardmesh/core';
import { CONTRACT_TIMEOUT } from '../../limits.ts';
import type { Sleep } from '../ports.ts';
import { parseHex, personalHash } from './ethereum.ts';

/**
 * ERC-1271 through one node: whether the contract at `address` says that `signature` is its own over `hash`. The answer
 * is not believed beyond its own wallet: it may lie, throw or never come.
 */
export interface ContractWallets {
  /** @param chainId decimal EIP-155 id. @param hash `0x` and 64 hex digits. @param signature `0x` and hex. */
  isValidSignature(chainId: string, address: string, hash: string, signature: string): Promise<boolean>;
}

/**
 * Whether every node says so, with exactly `true`, within {@link CONTRACT_TIMEOUT}. A single lying node could sign in as
 * anybody, so several must agree where several are configured; silence, an error or any other value is a no.
 */
export async function askContractWallets(
  nodes: readonly ContractWallets[],
  chainId: string,
  address: string,
  text: string,
  signature: string,
  sleep: Sleep,
): Promise<boolean> {
  if (nodes.length === 0 || parseHex(signature) === undefined) return false;
  const hash = `0x${toHex(personalHash(text))}`;
  const answers = nodes.map(async (node) => (await node.isValidSignature(chainId, address, hash, signature)) === true);
  // A no counts at once, errors too; what answers later is not waited for.
  const all = Promise.all(answers).then(
    (each) => each.every((answer) => answer),
    () => false,
  );
  return Promise.race([all, sleep(CONTRACT_TIMEOUT).then(() => false)]);
}
