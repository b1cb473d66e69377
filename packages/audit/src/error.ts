import { CodedError, type ErrorFields } from '@wardmesh/core';

export type AuditErrorCode =
  /** The log cannot make entries durable now: nothing may happen that needs one. */
  | 'AUDIT_UNAVAILABLE'
  /** What is stored is not what was written. `details` names the file, offset and sequence. */
  | 'AUDIT_TAMPERED'
  /** The log was closed. */
  | 'AUDIT_CLOSED'
  /** The event does not have the form of an entry. */
  | 'AUDIT_BAD_EVENT'
  | 'AUDIT_ENTRY_TOO_LARGE'
  /** An outcome names an intent that is not open: it was closed before or never written. */
  | 'AUDIT_INTENT_NOT_OPEN'
  | 'AUDIT_TOO_MANY_INTENTS'
  | 'AUDIT_NOT_FOUND'
  /** A reader without the signing key needs a stored checkpoint that covers the entry. */
  | 'AUDIT_NO_CHECKPOINT'
  /** Prune would remove what retention keeps. */
  | 'AUDIT_RETENTION'
  /** The backup is damaged, incomplete or under another key; or its target is not empty. */
  | 'AUDIT_BACKUP'
  | 'AUDIT_BAD_INPUT';

export function auditError(code: AuditErrorCode, message: string, fields?: ErrorFields): CodedError<AuditErrorCode> {
  return new CodedError(code, message, fields);
}

/** Where damage was seen. */
export interface DamagePlace {
  readonly file: string;
  readonly offset?: number;
  readonly sequence?: number;
}

export function tampered(what: string, place: DamagePlace): CodedError<AuditErrorCode> {
  const at = place.sequence === undefined ? `offset ${place.offset ?? 0}` : `entry ${place.sequence}`;
  return auditError('AUDIT_TAMPERED', `${what} (${place.file}, ${at})`, {
    hint: 'Keep the folder as it is, verify it read-only and restore from a backup.',
    details: { what, ...place },
  });
}
