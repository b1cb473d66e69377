import type { Json } from '@wardmesh/core';
import {
  actor,
  bodyOptional,
  bodyRequired,
  contentHash,
  eventType,
  hashHex,
  name,
  operation,
  sequence,
  timestamp,
  uuid,
} from '../entry/shape.ts';
import { MAX_NOTE_LENGTH, MAX_ORIGIN_LENGTH, MAX_PROOF_LENGTH } from '../limits.ts';
import { integer, list, literal, object, text } from '../shape.ts';

const always = {
  v: literal(1),
  id: uuid,
  time: timestamp,
  correlationId: name,
  event: object({ type: eventType, toolName: name, actor, operation }),
  chain: object({ sequence, previousHash: hashHex, hash: hashHex }),
  log: object(
    {
      origin: text(MAX_ORIGIN_LENGTH),
      index: integer(0),
      leafHash: contentHash,
      proof: list(contentHash, MAX_PROOF_LENGTH),
      checkpoint: text(MAX_NOTE_LENGTH),
    },
    { key: text(2 * MAX_ORIGIN_LENGTH) },
  ),
};

const ofAction = object({ ...always, ...bodyRequired }, bodyOptional);
const ofEvent = object(always);

/** The path of the first member that a receipt may not have, or undefined. */
export function receiptFault(value: Json): string | undefined {
  const isAction = typeof value === 'object' && value !== null && Object.hasOwn(value, 'agent');
  return (isAction ? ofAction : ofEvent)(value, 'receipt');
}
