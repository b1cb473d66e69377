import { type Clock, redact, systemClock, toTimestamp } from '@wardmesh/core';
import { type Logger, pino } from 'pino';

/**
 * The operator's structured log (CM-LOG-1): JSON lines with time, node, agent (wallet, later), request id. Everything that
 * goes in is redacted first: clients are told little, and this log is told no secret either.
 */
export interface OperatorLog {
  /** Something happened that an operator may want to know. */
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A security event: failed sign-in, lockout, drift, refused question. */
  security(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A fault behind a generic client error; the correlation id links the two. */
  fault(correlationId: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
}

export interface OperatorLogOptions {
  readonly nodeId: string;
  readonly level?: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly destination?: { write(line: string): void };
  readonly clock?: Clock;
}

export function operatorLog(options: OperatorLogOptions): OperatorLog {
  const clock = options.clock ?? systemClock;
  const logger: Logger = pino(
    {
      level: options.level ?? 'info',
      base: { nodeId: options.nodeId },
      timestamp: () => `,"timestamp":"${toTimestamp(clock.now())}"`,
      messageKey: 'event',
      formatters: { level: (label) => ({ level: label }) },
    },
    options.destination ?? process.stderr,
  );
  const clean = (fields: Readonly<Record<string, unknown>> | undefined) => redact(fields ?? {}) as object;
  return {
    info: (event, fields) => logger.info(clean(fields), event),
    warn: (event, fields) => logger.warn(clean(fields), event),
    security: (event, fields) => logger.warn({ ...clean(fields), security: true }, event),
    fault: (correlationId, error, fields) =>
      logger.error({ ...clean(fields), requestId: correlationId, error: describe(error) }, 'fault'),
  };
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return redact(String(error));
  const code = (error as { code?: unknown }).code;
  return redact({
    message: error.message,
    ...(typeof code === 'string' && { code }),
    stack: error.stack ?? '',
    ...(error.cause !== undefined && { cause: String(error.cause) }),
  });
}
