import type { JsonRpcNotification } from '../protocol/message.ts';
import { COALESCE_MS, MAX_COALESCED } from './limits.ts';
import { handOn } from './notifications.ts';

/** The name under which repeats of a notification are one, or undefined where each one counts. */
export function coalesceKey(message: JsonRpcNotification): string | undefined {
  switch (message.method) {
    case 'notifications/tools/list_changed':
    case 'notifications/prompts/list_changed':
    case 'notifications/resources/list_changed':
      return message.method;
    case 'notifications/resources/updated':
      return typeof message.params?.uri === 'string' ? `updated ${message.params.uri}` : undefined;
    default:
      return undefined;
  }
}

/**
 * Hands the first of equal notifications on at once and the last of its repeats within {@link COALESCE_MS} when that
 * time is over, so a storm of `list_changed` costs two messages and the last one is never lost.
 */
export class Coalescer {
  readonly #deliver: (message: JsonRpcNotification) => void;
  readonly #waiting = new Map<string, { timer: NodeJS.Timeout; last: JsonRpcNotification | undefined }>();

  constructor(deliver: (message: JsonRpcNotification) => void) {
    this.#deliver = (message) => handOn(() => deliver(message));
  }

  /** @returns false where the notification had to be dropped: too many different ones at once. */
  push(message: JsonRpcNotification): boolean {
    const key = coalesceKey(message);
    if (key === undefined) {
      this.#deliver(message);
      return true;
    }
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.last = message;
      return true;
    }
    if (this.#waiting.size >= MAX_COALESCED) return false;
    const timer = setTimeout(() => {
      const last = this.#waiting.get(key)?.last;
      this.#waiting.delete(key);
      if (last !== undefined) this.#deliver(last);
    }, COALESCE_MS);
    timer.unref();
    this.#waiting.set(key, { timer, last: undefined });
    this.#deliver(message);
    return true;
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
    this.#waiting.clear();
  }
}
