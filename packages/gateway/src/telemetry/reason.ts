import { CodedError } from '@wardmesh/core';

/** Why something failed, for the operator: the code, and the messages down the chain of causes. */
export function reasonOf(error: unknown): { readonly code: string; readonly reason: string } {
  const messages: string[] = [];
  let cause = error;
  for (let depth = 0; cause instanceof Error && depth < 4; depth++) {
    messages.push(cause.message);
    cause = cause.cause;
  }
  return { code: error instanceof CodedError ? error.code : 'INTERNAL', reason: messages.join(': ') };
}
