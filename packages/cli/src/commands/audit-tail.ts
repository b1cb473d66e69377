import type { JsonObject } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { onlineOrHome } from '../offline.ts';
import { visible } from '../output/visible.ts';

interface Options {
  readonly lines: string;
  readonly after?: string;
  readonly follow?: boolean;
}

export async function auditTail(context: Context, options: Options): Promise<ExitCode> {
  const limit = whole(options.lines, '--lines');
  const after = options.after === undefined ? undefined : whole(options.after, '--after');
  if (options.follow !== true) {
    const entries = await onlineOrHome(
      context,
      (control) => control.auditEntries(after, limit),
      async ({ audit }) =>
        (await (after === undefined
          ? audit.tail(limit)
          : audit.find({ after, limit }))) as unknown as readonly JsonObject[],
    );
    for (const entry of entries) show(context, entry);
    return EXIT.ok;
  }
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    const control = controlOf(context);
    const start = after ?? Math.max(0, (await control.status()).audit.size - limit);
    for await (const entry of control.followAudit(start, stop.signal)) show(context, entry);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    process.off('SIGINT', interrupt);
  }
  return EXIT.ok;
}

/** Entries are a stream, so with --json each is one line. */
function show(context: Context, entry: JsonObject): void {
  context.stdout.write(`${context.json ? JSON.stringify(entry) : visible(entryLine(entry))}\n`);
}

export function entryLine(entry: JsonObject): string {
  const operation = entry.operation as JsonObject;
  const actor = entry.actor as JsonObject;
  const error = operation.errorCode === undefined ? '' : ` ${String(operation.errorCode)}`;
  const duration = operation.durationMs === undefined ? '' : ` ${String(operation.durationMs)} ms`;
  return [
    String(entry.sequence).padStart(6),
    String(entry.timestamp),
    String(entry.eventType).padEnd(16),
    String(entry.toolName),
    `${String(operation.result)}${error}${duration}`,
    `by ${String(actor.id ?? actor.type)}`,
    String(entry.id),
  ].join('  ');
}

function whole(text: string, name: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`${name} takes a whole number`);
  return Number(text);
}
