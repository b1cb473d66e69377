import { redact, redactText } from '@wardmesh/core';
import { MAX_CAUSES, MAX_LOG_DEPTH, MAX_LOG_ITEMS, MAX_LOG_TEXT, MAX_LOG_VALUES } from './limits.ts';

/** Fields of a log line without secrets, and of bounded size: what is in them comes from anywhere. */
export function logFields(fields: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return redact(new Copy().of(fields ?? {}, 0)) as Record<string, unknown>;
}

/** An error for a log line: message, code and stack, and its causes in turn. Never a CodedError's details. */
export function logError(error: unknown): unknown {
  return redact(new Copy().of(error, 0));
}

/** A copy that JSON can hold: errors, maps, sets and headers spelled out; texts, lists, depths and the whole cut. */
class Copy {
  #values = 0;

  of(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return cut(value);
    if (typeof value === 'symbol' || typeof value === 'function') return `[${typeof value}]`;
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (depth >= MAX_LOG_DEPTH || ++this.#values > MAX_LOG_VALUES) return '[…]';
    if (value instanceof Error) return this.#error(value, depth, 0);
    if (value instanceof URL) return cut(value.href);
    if (value instanceof Map || value instanceof Headers) return this.#members([...value.entries()], depth);
    if (Array.isArray(value) || value instanceof Set) return this.#items([...value], depth);
    if (typeof (value as { toJSON?: unknown }).toJSON === 'function') {
      return this.of((value as { toJSON(): unknown }).toJSON(), depth + 1);
    }
    return this.#members(Object.entries(value), depth);
  }

  #items(items: readonly unknown[], depth: number): unknown[] {
    const kept = items.slice(0, MAX_LOG_ITEMS).map((item) => this.of(item, depth + 1));
    return items.length > MAX_LOG_ITEMS ? [...kept, `… ${items.length - MAX_LOG_ITEMS} more`] : kept;
  }

  #members(members: readonly (readonly [unknown, unknown])[], depth: number): Record<string, unknown> {
    return Object.fromEntries(
      members.slice(0, MAX_LOG_ITEMS).map(([name, member]) => [cut(String(name)), this.of(member, depth + 1)]),
    );
  }

  #error(error: Error, depth: number, above: number): Record<string, unknown> {
    const { message, stack, cause } = error;
    const { code } = error as { code?: unknown };
    const told = cause !== undefined && above < MAX_CAUSES;
    return {
      message: cut(message),
      ...(typeof code === 'string' && { code: cut(code) }),
      ...(stack !== undefined && { stack: cut(stack) }),
      ...(error instanceof AggregateError && { errors: this.#items(error.errors, depth) }),
      ...(told && { cause: cause instanceof Error ? this.#error(cause, depth, above + 1) : this.of(cause, depth + 1) }),
    };
  }
}

/** Redacted before it is cut: a secret that is cut in two may not look like one any more. */
function cut(text: string): string {
  return text.length <= MAX_LOG_TEXT ? text : `${redactText(text).slice(0, MAX_LOG_TEXT)}…`;
}
