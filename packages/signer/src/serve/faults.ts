import { type CodedError, isCoded, type Random, redactText, uuid } from '@wardmesh/core';
import type { WireError } from '../wire/message.ts';

/** The vault's codes under the names that both sockets promise. */
const RENAMED: Readonly<Record<string, string>> = {
  VAULT_LOCKED: 'WALLET_LOCKED',
  VAULT_ARCHIVED: 'WALLET_ARCHIVED',
  VAULT_WALLET_NOT_FOUND: 'WALLET_NOT_FOUND',
  VAULT_WALLET_EXISTS: 'WALLET_EXISTS',
  VAULT_KEY_EXHAUSTED: 'KEY_EXHAUSTED',
};
/** Codes of the house's own rooms: disks, logs and databases are the operator's business alone. */
const INNER = /^(?:STORE|AUDIT|CRYPTO|SANDBOX|SIGNER_INTERNAL|SIGNER_HOME)/;

export interface FaultSink {
  /** One line without secrets, for the operator. */
  log(line: Readonly<Record<string, unknown>>): void;
  readonly random: Random;
}

/**
 * The public form of what a call threw (XR-FAIL-1): coded errors say their code, anything else says nothing but an id
 * under which the operator's log has where it came from.
 */
export function toWire(error: unknown, isOperator: boolean, method: string, sink: FaultSink): WireError {
  if (isCoded(error) && (isOperator || !INNER.test(error.code))) return publicForm(error);
  const correlationId = uuid(sink.random);
  sink.log({ level: 'error', correlationId, method, ...describeFault(error) });
  return { code: 'SIGNER_INTERNAL', message: 'Internal error - access denied', correlationId };
}

function publicForm(error: CodedError): WireError {
  const { code, message, hint, retryAfter, correlationId } = error;
  return {
    code: RENAMED[code] ?? code,
    message: redactText(message),
    ...(hint !== undefined && { hint }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/** Where an error came from, without its message: libraries put what they were given into it. */
export function describeFault(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { fault: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    fault: error.name,
    ...(typeof code === 'string' && { code }),
    at: frames.slice(0, 8).map((line) => line.trim()),
    ...(error.cause !== undefined && { cause: describeFault(error.cause) }),
  };
}
