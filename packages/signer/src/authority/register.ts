import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Ledger, LedgerChange } from '@wardmesh/store';
import { NETWORKS } from '@wardmesh/wallet';
import type { Network } from '../authority-ports.ts';
import type { DecisionJson, Signed } from '../protocol/parts.ts';

/** One signed transaction, as it is kept for ever. */
export interface RegisteredTransaction extends Signed {
  readonly network: Network;
  readonly address: string;
  readonly type: string;
  readonly tier: number;
  readonly context: string | null;
  readonly principal: string;
  /** Of the unsigned bytes that were decided. */
  readonly digest: string;
  /** As it was made then; a repeat of the request gets it again. */
  readonly decision: DecisionJson;
}

/** What this signer signed: found by its hash on the ledger, and by the digest of what was asked. */
export class Register {
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** The row to be written with the commit of its reservation. */
  row(transaction: RegisteredTransaction): LedgerChange {
    return {
      table: 'transactions',
      id: `${transaction.network}/${transaction.hash}`,
      value: { ...transaction } as unknown as Json,
      lookup: `${transaction.network}/${transaction.digest}`,
    };
  }

  /** By its name on the ledger. Networks whose transactions do not name them may share one. */
  async find(hash: string): Promise<RegisteredTransaction | undefined> {
    for (const network of NETWORKS) {
      const found = of(await this.#ledger.read('transactions', `${network}/${hash}`));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async findDigest(network: Network, digest: string): Promise<RegisteredTransaction | undefined> {
    const [row] = await this.#ledger.find('transactions', `${network}/${digest}`);
    return of(row?.value);
  }
}

function of(value: Json | undefined): RegisteredTransaction | undefined {
  return isJsonObject(value) ? (value as JsonObject as unknown as RegisteredTransaction) : undefined;
}
