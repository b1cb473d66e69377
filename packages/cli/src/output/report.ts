import { CodedError, isCoded, redactText, uuid } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { cliError } from '../error.ts';
import { type ExitCode, exitCodeOf } from '../exit-code.ts';
import { keepFault } from './fault-log.ts';
import { visible } from './visible.ts';

/** Prints an error on stderr and gives the exit code. Details and causes stay out (XR-ERR-1). */
export function report(
  context: Pick<Context, 'json' | 'stderr' | 'home' | 'random' | 'clock'>,
  thrown: unknown,
): ExitCode {
  const error = toCoded(context, thrown);
  const { code, message, hint = NEXT[error.code], correlationId, retryAfter } = error.toJSON();
  if (context.json) {
    const body = { code, message, hint, correlationId, ...(retryAfter !== undefined && { retryAfter }) };
    context.stderr.write(`${JSON.stringify(body)}\n`);
  } else {
    context.stderr.write(`${lines(error).map(visible).join('\n')}\n`);
  }
  return exitCodeOf(error);
}

/** Where a reader looks next, for codes that come without a hint of their own. */
const NEXT: Readonly<Record<string, string | undefined>> = {
  TOOL_UNKNOWN: 'ward servers list shows the servers, ward servers diff ID what nobody reviewed yet.',
  SERVER_UNKNOWN: 'ward servers list shows the servers.',
  POLICY_DENIED: 'ward policy explain SERVER.TOOL tells why.',
  AGENT_UNKNOWN: 'ward agents list shows the agents.',
  APPROVAL_UNKNOWN: 'ward approvals list shows what waits.',
  APPROVAL_NOT_FOUND: 'ward approvals list shows what waits.',
  INVALID_VERSION: 'Raise version in the file: ward wallet policy NAME shows the one in force.',
  WALLET_LOCKED: 'ward wallet unlock NAME opens it.',
  AUDIT_NOT_FOUND: 'ward audit tail shows the last entries.',
  RATE_LIMITED: 'Wait, or raise the tier in ward.yaml (limits.tiers).',
};

/** At most three: what, what to do, where to look. */
function lines(error: CodedError): string[] {
  const all = [`ward: ${error.message} (${error.code})`];
  const hint = error.hint ?? NEXT[error.code];
  if (hint !== undefined) all.push(`      ${hint}`);
  if (error.correlationId !== undefined) all.push(`      correlation id ${error.correlationId}`);
  return all;
}

/** Errors that no code names are faults of ours: the reader gets an id, the home's fault log the rest. */
function toCoded(context: Pick<Context, 'home' | 'random' | 'clock'>, thrown: unknown): CodedError {
  if (isCoded(thrown)) return withoutSecrets(thrown);
  const known = fromSystem(thrown);
  if (known !== undefined) return known;
  const correlationId = uuid(context.random);
  const kept = keepFault(context.home, correlationId, context.clock.now(), thrown);
  return cliError('INTERNAL', 'the command failed unexpectedly', {
    correlationId,
    hint: kept === undefined ? 'Run it again; if it fails again, ward doctor may tell why.' : `Details are in ${kept}.`,
  });
}

function withoutSecrets(error: CodedError): CodedError {
  const message = redactMessage(error.message);
  const hint = error.hint === undefined ? undefined : redactMessage(error.hint);
  if (message === error.message && hint === error.hint) return error;
  return new CodedError(error.code, message, {
    ...(hint !== undefined && { hint }),
    ...(error.correlationId !== undefined && { correlationId: error.correlationId }),
    ...(error.retryAfter !== undefined && { retryAfter: error.retryAfter }),
  });
}

/** Addresses are what a message about a connection is about; everything else of a secret's shape goes. */
function redactMessage(message: string): string {
  const addresses: string[] = [];
  const masked = message.replace(
    /\b\d{1,3}(?:\.\d{1,3}){3}\b/g,
    (address) => `<address ${addresses.push(address) - 1}>`,
  );
  return redactText(masked).replace(/<address (\d+)>/g, (whole, index: string) => addresses[Number(index)] ?? whole);
}

const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EPERM: 'this user may not do that',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
  ENOENT: 'a file is missing',
};

/** Failures of the operating system that a reader can act on; only the path is repeated. */
function fromSystem(thrown: unknown): CodedError | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code, path } = thrown as NodeJS.ErrnoException;
  const text = code === undefined ? undefined : SYSTEM[code];
  if (text === undefined || path === undefined) return undefined;
  return cliError('FILE_UNREADABLE', `${path}: ${text}`);
}
