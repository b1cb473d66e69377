import type { AuditEntry } from '@wardmesh/verify';
import { type AuditEvent, prepareEvent, sizeOfEvent } from '../chain/event.ts';
import type { Unit } from '../chain/place.ts';
import { auditError } from '../error.ts';
import { MAX_FRAME_BYTES, MAX_QUEUED_EVENTS } from '../limits.ts';

/** Appends that wait for the disk, in order. */
export class AppendQueue {
  #units: Unit[] = [];
  #events = 0;

  get isEmpty(): boolean {
    return this.#units.length === 0;
  }

  get length(): number {
    return this.#units.length;
  }

  /** Checks and renders the events now, on the caller's time. @throws what a bad event throws, AUDIT_UNAVAILABLE */
  push(events: readonly AuditEvent[]): Promise<AuditEntry[]> {
    if (this.#events + events.length > MAX_QUEUED_EVENTS) {
      throw auditError('AUDIT_UNAVAILABLE', 'the log cannot keep up', { retryAfter: 1 });
    }
    const prepared = events.map(prepareEvent);
    // One event always fits a frame; several that stand together must.
    const size = prepared.reduce((sum, event) => sum + sizeOfEvent(event), 0);
    if (prepared.length > 1 && size > MAX_FRAME_BYTES) {
      throw auditError('AUDIT_ENTRY_TOO_LARGE', `events that stand together have at most ${MAX_FRAME_BYTES} bytes`);
    }
    this.#events += prepared.length;
    return new Promise((resolve, reject) => {
      this.#units.push({ events: prepared, resolve, reject });
    });
  }

  /** The units of the next frame: as many as fit, one at least. */
  take(bounds: { readonly frameEntries: number; readonly frameBytes: number }): readonly Unit[] {
    let events = 0;
    let bytes = 0;
    let units = 0;
    for (const unit of this.#units) {
      events += unit.events.length;
      for (const event of unit.events) bytes += sizeOfEvent(event);
      if (units > 0 && (events > bounds.frameEntries || bytes > bounds.frameBytes)) break;
      units++;
    }
    const taken = this.#units.splice(0, units);
    for (const unit of taken) this.#events -= unit.events.length;
    return taken;
  }
}
