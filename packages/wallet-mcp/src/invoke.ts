import type { CallToolResult } from '@modelcontextprotocol/server';
import { type CodedError, isCoded, redactText, sanitise, uuid } from '@wardmesh/core';
import { NETWORK_IDS } from '@wardmesh/wallet';
import type { z } from 'zod';
import type { Call } from './call.ts';
import { WalletMcpError } from './error.ts';
import { MAX_INPUT_DEPTH, MAX_INPUT_ELEMENTS, MAX_TOLD_ISSUES } from './limits.ts';
import { refuseSecrets } from './secrets.ts';
import type { Outcome, Tool } from './tool.ts';

/** What the operator's log gets of a failure: never an argument. */
export interface Failure {
  readonly tool: string;
  readonly code: string;
  readonly correlationId: string;
  /** Of an error that nobody foresaw: its message, redacted. */
  readonly cause?: string;
}

/** `_meta` of an answer that signed or sent a transaction: what a receipt names (CAIP-2 chain, hash). */
export const META_TX = 'wardmesh/tx';
/** `_meta` of an error: the same as its text. */
export const META_ERROR = 'wardmesh/error';

/**
 * One call, whole: secrets refused, arguments parsed, the tool run, its answer checked. Whatever goes wrong is a tool
 * error with a code and a correlation id; an unforeseen one says no more than that (W18).
 */
export async function invoke(
  tool: Tool,
  args: unknown,
  call: Call,
  report: (failure: Failure) => void,
): Promise<CallToolResult> {
  try {
    const given = args ?? {};
    assertSize(given);
    refuseSecrets(given);
    const outcome = await tool.run(parseArguments(tool, given), call);
    return toResult(tool, outcome);
  } catch (error) {
    return toError(tool, error, uuid(call.random), report);
  }
}

/** Bounds what the steps after it walk through. @throws WalletMcpError VALIDATION_ERROR */
function assertSize(given: unknown): void {
  // No recursion: depth is the client's to choose until here.
  let level: unknown[] = [given];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    if (count > MAX_INPUT_ELEMENTS || depth > MAX_INPUT_DEPTH) {
      throw new WalletMcpError('VALIDATION_ERROR', 'the arguments are too many, or too deep');
    }
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
  }
}

/** @throws WalletMcpError VALIDATION_ERROR, told by field and never by value */
function parseArguments(tool: Tool, given: unknown): unknown {
  const parsed = tool.input.safeParse(given);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const told = issues.slice(0, MAX_TOLD_ISSUES).map(describeIssue);
  if (issues.length > told.length) told.push(`and ${issues.length - told.length} more`);
  throw new WalletMcpError('VALIDATION_ERROR', told.join('; '), {
    hint: `The input schema of ${tool.name} says what it takes.`,
  });
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  const text = issue.code === 'unrecognized_keys' ? `no such argument: ${issue.keys.join(', ')}` : issue.message;
  return sanitise(path === '' ? text : `${path}: ${text}`, 200);
}

function toResult(tool: Tool, { value, transaction }: Outcome<unknown>): CallToolResult {
  const structuredContent = tool.output.parse(value) as Record<string, unknown>;
  return {
    content: [{ type: 'text', text: JSON.stringify(structuredContent) }],
    structuredContent,
    ...(transaction !== undefined && {
      _meta: { [META_TX]: { chain: `xrpl:${NETWORK_IDS[transaction.network]}`, hash: transaction.hash } },
    }),
  };
}

function toError(tool: Tool, error: unknown, newId: string, report: (failure: Failure) => void): CallToolResult {
  const known = isCoded(error) ? error : unforeseen(error);
  const correlationId = known.correlationId ?? newId;
  const shown = { ...known.toJSON(), correlationId };
  report({
    tool: tool.name,
    code: known.code,
    correlationId,
    ...(known !== error && {
      cause: redactText(error instanceof Error ? error.message : 'not an error').slice(0, 500),
    }),
  });
  return {
    isError: true,
    content: [{ type: 'text', text: JSON.stringify(shown) }],
    _meta: { [META_ERROR]: shown },
  };
}

function unforeseen(cause: unknown): CodedError {
  return new WalletMcpError('INTERNAL_ERROR', 'Internal error - access denied', { cause });
}
