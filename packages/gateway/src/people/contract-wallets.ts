import { isJsonObject, parseStrictJson } from '@wardmesh/core';
import { accountId, type ContractWallets } from '@wardmesh/identity';
import type { WardConfig } from '../config/index.ts';

type Entries = NonNullable<WardConfig['signIn']>['contractWallets'];
/** As the global one; redirects are never followed. */
export type NodeFetch = (url: string, init: RequestInit) => Promise<Response>;

/** `isValidSignature(bytes32,bytes)`, also what it answers for yes, padded to a word (ERC-1271). */
const MAGIC = '1626ba7e';
const YES = `0x${MAGIC}${'0'.repeat(56)}`;
const TIMEOUT_MS = 2_000;
const MAX_ANSWER = 4_096;

/**
 * Asks the configured nodes of a chain whether a contract says that a signature is its own. Every node must be of that
 * chain and say yes.
 */
export class NodeContractWallets implements ContractWallets {
  readonly #entries: Entries;
  readonly #fetch: NodeFetch;

  constructor(entries: Entries, fetch: NodeFetch = globalThis.fetch) {
    this.#entries = entries;
    this.#fetch = fetch;
  }

  /** Whether a CAIP-10 account is among those that are configured. */
  mayBeContract(account: string): boolean {
    return this.#entries.some(({ chain, accounts }) =>
      accounts.some((address) => accountId(chain, address) === account),
    );
  }

  async isValidSignature(chainId: string, address: string, hash: string, signature: string): Promise<boolean> {
    const chain = `eip155:${chainId}`;
    const nodes = this.#entries.filter((entry) => entry.chain === chain).flatMap((entry) => entry.nodes);
    if (nodes.length === 0 || !this.mayBeContract(accountId(chain, address))) return false;
    const call = { to: address, data: callData(hash, signature) };
    const answers = nodes.map(async (node) => {
      const [id, said] = await Promise.all([
        this.#ask(node, 'eth_chainId', []),
        this.#ask(node, 'eth_call', [call, 'latest']),
      ]);
      return typeof id === 'string' && /^0x[0-9a-f]{1,14}$/i.test(id) && BigInt(id) === BigInt(chainId) && said === YES;
    });
    return (await Promise.all(answers)).every((answer) => answer);
  }

  async #ask(node: string, method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await this.#fetch(node, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok || response.body === null) return undefined;
    let text = '';
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const part of response.body) {
      text += decoder.decode(part, { stream: true });
      if (text.length > MAX_ANSWER) return undefined;
    }
    const parsed = parseStrictJson(text);
    return parsed.ok && isJsonObject(parsed.value) ? parsed.value.result : undefined;
  }
}

/** The call in the contract ABI: a word, the offset of the bytes, their length, the bytes padded to words. */
function callData(hash: string, signature: string): string {
  const bytes = signature.slice(2);
  const word = (value: number) => value.toString(16).padStart(64, '0');
  const padded = bytes.padEnd(Math.ceil(bytes.length / 64) * 64, '0');
  return `0x${MAGIC}${hash.slice(2)}${word(64)}${word(bytes.length / 2)}${padded}`;
}
