import { toTimestamp } from '@wardmesh/core';
import type { HmacKey } from '@wardmesh/crypto';
import type { AuditEntry } from '@wardmesh/verify';
import { CLOCK_BACK_MS } from '../limits.ts';
import { type ChainedEntry, chainEntry } from './entry.ts';
import { type PreparedEvent, prepareEvent } from './event.ts';
import type { IdSource } from './id-source.ts';
import type { OpenIntents } from './intents.ts';

/** Where the chain stands. */
export interface ChainState {
  /** Sequence of the last entry. */
  readonly size: number;
  readonly lastHash: string;
  /** Timestamp of the last entry, ms. */
  readonly lastTime: number;
  /** When the log was last verified whole and found good, ms; 0 for never. */
  readonly verifiedAt: number;
}

/** Events that become durable together. */
export interface Unit {
  readonly events: readonly PreparedEvent[];
  readonly resolve: (entries: AuditEntry[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Units in their places. Nothing is durable yet; only the open intents have changed. */
export interface Batch {
  readonly units: readonly { readonly unit: Unit; readonly entries: AuditEntry[] }[];
  readonly chained: readonly ChainedEntry[];
  /** Where the chain stands once the batch is durable. */
  readonly after: ChainState;
}

export interface Placing {
  readonly key: HmacKey;
  readonly ids: IdSource;
  readonly intents: OpenIntents;
  /** ms */
  readonly now: number;
  readonly onClockBack: (parameters: { readonly from: string; readonly to: string }) => void;
}

/** Gives entries their places. A unit that an intent forbids is rejected here and takes no place. */
export function placeUnits(state: ChainState, units: readonly Unit[], placing: Placing): Batch {
  const { key, ids, now } = placing;
  const timestamp = toTimestamp(now);
  const chained: ChainedEntry[] = [];
  let previousHash = state.lastHash;
  const place = (event: PreparedEvent, id: string): AuditEntry => {
    const sequence = state.size + chained.length + 1;
    const next = chainEntry(key, event, { id, sequence, timestamp, previousHash });
    previousHash = next.entry.hash;
    chained.push(next);
    return next.entry;
  };
  const allowed = units.flatMap((unit) => {
    const unitIds = openIntents(unit, placing);
    return unitIds === undefined ? [] : [{ unit, unitIds }];
  });
  if (allowed.length === 0) return { units: [], chained, after: state };
  if (now < state.lastTime - CLOCK_BACK_MS) place(clockBack(state.lastTime, placing), ids.next());
  let { verifiedAt } = state;
  const placed = allowed.map(({ unit, unitIds }) => {
    const entries = unit.events.map((event, i) => place(event, unitIds[i]!));
    if (entries.some(isGoodVerification)) verifiedAt = now;
    return { unit, entries };
  });
  const after = { size: state.size + chained.length, lastHash: previousHash, lastTime: now, verifiedAt };
  return { units: placed, chained, after };
}

/** Takes back what placing did to the open intents. */
export function unplace(batch: Batch, intents: OpenIntents): void {
  for (const { entries } of [...batch.units].reverse()) {
    for (const entry of [...entries].reverse()) intents.revert(entry, entry.id);
  }
}

export function isGoodVerification(entry: AuditEntry): boolean {
  return entry.eventType === 'audit.verify' && entry.operation.result === 'success';
}

function openIntents(unit: Unit, { ids, intents }: Placing): string[] | undefined {
  const given: string[] = [];
  try {
    for (const { event } of unit.events) {
      const id = ids.next();
      intents.apply(event, id);
      given.push(id);
    }
    return given;
  } catch (error) {
    for (let i = given.length - 1; i >= 0; i--) intents.revert(unit.events[i]!.event, given[i]!);
    unit.reject(error);
    return undefined;
  }
}

/** Sequence orders, not time; but a reader must know why a timestamp is before the one above it. */
function clockBack(lastTime: number, { ids, now, onClockBack }: Placing): PreparedEvent {
  const parameters = { from: toTimestamp(lastTime), to: toTimestamp(now) };
  onClockBack(parameters);
  return prepareEvent({
    eventType: 'system.clock_back',
    toolName: '',
    correlationId: ids.next(),
    actor: { type: 'system' },
    operation: { name: 'clock.back', parameters, result: 'success' },
  });
}
