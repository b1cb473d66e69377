import { CodedError, canonicalize, redact } from '@wardmesh/core';
import {
  type AuditActor,
  type AuditEventType,
  type AuditOperation,
  draftFault,
  MAX_ENTRY_BYTES,
  type ReceiptBody,
} from '@wardmesh/verify';
import { auditError } from '../error.ts';
import { redactName } from './names.ts';

/** What a caller appends; the log adds id, sequence, timestamp and hashes. */
export interface AuditEvent {
  readonly eventType: AuditEventType;
  readonly toolName: string;
  readonly correlationId: string;
  readonly actor: AuditActor;
  readonly operation: AuditOperation;
  readonly receipt?: ReceiptBody;
}

/** An event that is checked, redacted and rendered: all of an entry's canonical text that does not depend on its place. */
export interface PreparedEvent {
  readonly event: AuditEvent;
  /** `{"actor":…,"correlationId":…,"eventType":…` */
  readonly front: string;
  /** `,"operation":…,"previousHash":"` */
  readonly middle: string;
  /** `,"receipt":…` or nothing */
  readonly receipt: string;
  /** `,"toolName":…}` */
  readonly end: string;
}

const CONTENT_HASH = /^sha256:[0-9a-f]{64}$/;

/** Room for the members that the log adds. */
const PLACE_BYTES = 400;

/** About the bytes of the entry, for filling frames. */
export function sizeOfEvent(event: PreparedEvent): number {
  return event.front.length + event.middle.length + event.receipt.length + event.end.length + PLACE_BYTES;
}

/**
 * @throws AUDIT_BAD_EVENT, AUDIT_ENTRY_TOO_LARGE. The message names the member, never its value.
 */
export function prepareEvent(given: AuditEvent): PreparedEvent {
  try {
    const event = redactEvent(given);
    const wrong = draftFault(event);
    if (wrong !== undefined) throw auditError('AUDIT_BAD_EVENT', `the event is malformed at ${wrong}`);
    const front = `{"actor":${canonicalize(event.actor)},"correlationId":${canonicalize(event.correlationId)},"eventType":"${event.eventType}"`;
    const middle = `,"operation":${canonicalize(event.operation)},"previousHash":"`;
    const receipt = event.receipt === undefined ? '' : `,"receipt":${canonicalize(event.receipt)}`;
    const end = `,"toolName":${canonicalize(event.toolName)}}`;
    // A UTF-16 unit is at most three bytes: most entries need no exact count.
    const units = front.length + middle.length + receipt.length + end.length + PLACE_BYTES;
    if (
      units * 3 > MAX_ENTRY_BYTES &&
      Buffer.byteLength(front + middle + receipt + end) + PLACE_BYTES > MAX_ENTRY_BYTES
    ) {
      throw auditError('AUDIT_ENTRY_TOO_LARGE', `an entry has at most ${MAX_ENTRY_BYTES} bytes`);
    }
    return { event, front, middle, receipt, end };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    // What canonicalize refuses: numbers that are not finite, lone surrogates, functions, nesting without end.
    throw auditError('AUDIT_BAD_EVENT', 'the event is not JSON');
  }
}

/** A copy whose free content holds no secret (XR-AUD-4), without members that are undefined. */
function redactEvent(event: AuditEvent): AuditEvent {
  const { receipt } = event;
  return {
    eventType: event.eventType,
    toolName: redactName(event.toolName),
    correlationId: redactName(event.correlationId),
    actor: redactActor(event.actor),
    operation: compact({
      ...event.operation,
      name: redactName(event.operation.name),
      parameters: redactParameters(event.operation.parameters),
    }),
    ...(receipt !== undefined && { receipt: redactReceipt(receipt) }),
  };
}

function redactActor(actor: AuditActor): AuditActor {
  return compact(actor?.id === undefined ? actor : { ...actor, id: redactName(actor.id) });
}

/** Most entries hold the hash of the arguments and nothing else, which no shape of a secret fits. */
function redactParameters(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { hash, ...others } = parameters;
  if (typeof hash === 'string' && CONTENT_HASH.test(hash) && Object.keys(others).length === 0) return { hash };
  return redact(parameters) as Record<string, unknown>;
}

function redactReceipt(receipt: ReceiptBody): ReceiptBody {
  const { args, effect, policy } = receipt;
  return compact({
    ...receipt,
    agent: compact(receipt.agent),
    args: args?.shown === undefined ? compact(args) : { ...args, shown: redact(args.shown) as never },
    policy: policy?.budget === undefined ? compact(policy) : { ...policy, budget: redact(policy.budget) as never },
    effect:
      effect?.findings === undefined
        ? compact(effect)
        : compact({ ...effect, findings: redact(effect.findings) as never }),
  });
}

/** Optional members that are present but undefined are left out, as they are in JSON. */
function compact<T extends object>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const name in value) {
    if (value[name] !== undefined) continue;
    return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
  }
  return value;
}
