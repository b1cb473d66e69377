import { type Clock, redactText, systemClock, toTimestamp } from '@wardmesh/core';
import { type Logger, pino } from 'pino';
import { logError, logFields } from './log-fields.ts';

/** `debug` adds a line for each call. Nothing above `warn`: failed sign-ins and drift must not be silenced by a setting. */
export const LOG_LEVELS = ['debug', 'info', 'warn'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The operator's structured log (CM-LOG-1): JSON lines with `timestamp`, `level`, `nodeId`, `event`, and where they are
 * known `requestId`, `agent` and `wallet`. Everything that goes in is redacted first: clients are told little, and this
 * log is told no secret either.
 */
export interface OperatorLog {
  /** What is of use only while somebody looks: each call. */
  debug?(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Something happened that an operator may want to know. */
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A security event: failed sign-in, lockout, drift, refused question. */
  security(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A fault behind a generic client error; the correlation id links the two. */
  fault(correlationId: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** Tells from now on what is of this level or above. */
  setLevel?(level: LogLevel): void;
}

export interface OperatorLogOptions {
  readonly nodeId: string;
  readonly level?: LogLevel | 'error' | 'silent';
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
  const named = (event: string) => redactText(event);
  return {
    debug(event, fields) {
      // Redacting is the cost of a line: not for one that nobody reads.
      if (logger.isLevelEnabled('debug')) logger.debug(logFields(fields), named(event));
    },
    info: (event, fields) => logger.info(logFields(fields), named(event)),
    warn: (event, fields) => logger.warn(logFields(fields), named(event)),
    security: (event, fields) => logger.warn({ ...logFields(fields), security: true }, named(event)),
    fault: (correlationId, error, fields) =>
      logger.error({ ...logFields(fields), requestId: redactText(correlationId), error: logError(error) }, 'fault'),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}
