export { type Checkpoint, checkpointText, parseCheckpoint } from './checkpoint/checkpoint.ts';
export { COSIGNATURE_V1, ED25519, formatVkey, isKeyName, type NoteKey, noteKey, parseVkey } from './checkpoint/key.ts';
export { type Note, type NoteSignature, parseNote } from './checkpoint/note.ts';
export { cosignatureBody, cosignedAt, cosignedBytes, isSignedBy } from './checkpoint/signature.ts';
export {
  AUDIT_EVENT_TYPES,
  type AuditEventType,
  EXTENSION_EVENT_TYPES,
  type ExtensionEventType,
  SEED_EVENT_TYPES,
  type SeedEventType,
} from './entry/event-types.ts';
export { draftFault, entryFault } from './entry/shape.ts';
export type { AuditActor, AuditEntry, AuditOperation, AuditResult, ContentHash, ReceiptBody } from './entry/types.ts';
export type { VerifyFault, VerifyFaultCode } from './fault.ts';
export { MAX_ENTRY_BYTES, MAX_RECEIPT_LENGTH, TILE_HEIGHT, TILE_WIDTH } from './limits.ts';
export { entryOfReceipt, receiptOfEntry } from './receipt/entry.ts';
export { parseReceipt } from './receipt/parse.ts';
export type { Receipt } from './receipt/types.ts';
export { type Facts, type VerifyOptions, verifyReceipt } from './receipt/verify.ts';
export { verifyConsistency } from './tree/consistency.ts';
export { emptyRoot, leafHash, nodeHash } from './tree/hash.ts';
export { verifyInclusion } from './tree/inclusion.ts';
export { parseTilePath, type Tile, tilePath } from './tree/tile-path.ts';
