/** Errors of the API with their numbers and usual messages (rippled: ErrorCodes). */
const ERRORS = {
  actMalformed: [35, 'Account malformed.'],
  actNotFound: [19, 'Account not found.'],
  invalidParams: [31, 'Invalid parameters.'],
  invalidTransaction: [0, 'Transaction is malformed.'],
  lgrNotFound: [21, 'ledgerNotFound'],
  txnNotFound: [29, 'Transaction not found.'],
  entryNotFound: [94, 'Requested ledger entry not found.'],
  unknownCmd: [32, 'Unknown method.'],
  jsonInvalid: [0, 'The request is not a JSON object.'],
  notSupported: [75, 'Operation not supported.'],
  slowDown: [10, 'You are placing too much load on the server.'],
  internal: [73, 'Internal error.'],
} as const;

export type RpcErrorName = keyof typeof ERRORS;

/** A refused request, as the API tells it. */
export class RpcError extends Error {
  readonly error: RpcErrorName;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(error: RpcErrorName, message?: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(message ?? ERRORS[error][1]);
    this.name = 'RpcError';
    this.error = error;
    this.extra = extra;
  }

  fields(): Record<string, unknown> {
    return { error: this.error, error_code: ERRORS[this.error][0], error_message: this.message, ...this.extra };
  }
}
