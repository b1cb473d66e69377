import { auditError } from '../error.ts';
import { MAX_OPEN_INTENTS } from '../limits.ts';
import type { AuditEvent } from './event.ts';

/** The actions that began and have not ended (WM-RCP-2): ids of `tool.intent` entries without an outcome. */
export class OpenIntents {
  readonly #open: Set<string>;

  constructor(ids: Iterable<string> = []) {
    this.#open = new Set(ids);
  }

  get ids(): readonly string[] {
    return [...this.#open];
  }

  /** @throws AUDIT_INTENT_NOT_OPEN, AUDIT_TOO_MANY_INTENTS; then nothing has changed. */
  apply(event: AuditEvent, id: string): void {
    const closes = event.receipt?.intent;
    if (closes !== undefined && !this.#open.has(closes)) {
      throw auditError('AUDIT_INTENT_NOT_OPEN', 'the intent that this outcome names is not open');
    }
    if (event.eventType === 'tool.intent') {
      // Its outcome names it in a receipt: an intent without one could never be closed.
      if (event.receipt === undefined) throw auditError('AUDIT_BAD_EVENT', 'an intent has a receipt');
      if (this.#open.size >= MAX_OPEN_INTENTS) {
        throw auditError('AUDIT_TOO_MANY_INTENTS', 'too many actions are under way');
      }
      this.#open.add(id);
    }
    if (closes !== undefined) this.#open.delete(closes);
  }

  /** Takes back what {@link apply} did, newest first. */
  revert(event: AuditEvent, id: string): void {
    const closes = event.receipt?.intent;
    if (closes !== undefined) this.#open.add(closes);
    if (event.eventType === 'tool.intent') this.#open.delete(id);
  }
}
