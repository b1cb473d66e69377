import type { SecureBuffer } from '@wardmesh/vault';
import type { z } from 'zod';
import type { Answer, Params } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { LEDGER_METHODS, LedgerMethod, OPERATOR_METHODS } from '../protocol/operator.ts';

type LedgerMethods = typeof LEDGER_METHODS;
export type LedgerParams<M extends LedgerMethod> = z.output<LedgerMethods[M]['params']>;
export type LedgerAnswer<M extends LedgerMethod> = z.output<LedgerMethods[M]['result']>;

/** Asks the operator's client about the ledger. @throws LEDGER_UNAVAILABLE, SIGNER_CONNECTION_LOST, SIGNER_TIMEOUT */
export type AskLedger = <M extends LedgerMethod>(method: M, params: LedgerParams<M>) => Promise<LedgerAnswer<M>>;

/** What a handler has beside its parameters. */
export interface CallContext {
  /** As many as the method takes, in its order; wiped when the call ends. */
  readonly secrets: readonly SecureBuffer[];
  readonly ledger: AskLedger;
  progress(step: string, message: string): void;
}

/** @throws SIGNER_BAD_PARAMS where there are not as many as this wallet takes */
export function assertSecrets({ secrets }: CallContext, count: number): void {
  if (secrets.length !== count) {
    throw signerError('SIGNER_BAD_PARAMS', `for this wallet it takes ${count} secrets as attachments`);
  }
}

export interface Answered<T> {
  readonly result: T;
  /** Files for the caller; wiped once they are sent. */
  readonly attachments?: readonly Uint8Array[];
}

export type Method = keyof typeof OPERATOR_METHODS;
export type Handler<M extends Method> = (params: Params<M>, context: CallContext) => Promise<Answered<Answer<M>>>;
export type Handlers<M extends Method> = { readonly [K in M]: Handler<K> };

/**
 * Secrets that each method takes as attachments; the others take none. Where it is a range, the last are a provider's
 * PIN, or those of the vault that a wallet in a provider does not need.
 */
export const SECRETS: Readonly<Partial<Record<Method, number | readonly [least: number, most: number]>>> = {
  'wallet.create': [1, 2],
  'secret.inspect': 1,
  'wallet.import': 2,
  'wallet.unlock': [0, 1],
  'wallet.password': 2,
  'wallet.backup': 2,
  'wallet.restore': 3,
  'wallet.secure': [3, 4],
  'wallet.rotate': [0, 2],
  'wallet.unarchive': 1,
  'wallet.delete': 1,
};
