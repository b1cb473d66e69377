export { Ledger, type LedgerChange, type LedgerTable } from './database/ledger.ts';
export {
  Database,
  type DatabaseHead,
  type DatabaseOptions,
  type DatabaseReport,
  openDatabase,
} from './database/open.ts';
export { SEALED_TABLES, type SealedTableName } from './database/schema.ts';
export type { TableReport } from './database/sealed-table.ts';
export { StoreError, type StoreErrorCode } from './error.ts';
export { makeDirectorySecure } from './files/directory.ts';
export { type HomeLock, lockHome } from './files/lock-home.ts';
export { readFileSecure } from './files/read.ts';
export { writeFileSecure } from './files/write.ts';
export { KeyUseFile } from './key-uses.ts';
export { assertLogName, FolderLogStorage } from './log-storage.ts';
export { type AgentRecord, AgentRepository } from './repositories/agents.ts';
export { ApprovalRepository } from './repositories/approvals.ts';
export { DocumentRepository } from './repositories/documents.ts';
export { LockoutRepository } from './repositories/lockouts.ts';
export { type OauthPut, OauthRepository, type OauthRow } from './repositories/oauth.ts';
export { PinRepository, type ServerPinsDocument } from './repositories/pins.ts';
export { SingleUse } from './repositories/single-use.ts';
