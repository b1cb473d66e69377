export { conditionOf, fulfillmentOf } from './condition.ts';
export type { Exchange, Faults } from './faults.ts';
export type { Header, Recorded } from './header.ts';
export { type Closed, GENESIS_ACCOUNT, type LedgerOptions, type Submission, TestLedger } from './ledger.ts';
export { BASE_FEE, LOCAL_NETWORK_ID, RESERVE_BASE, RESERVE_INCREMENT, RIPPLE_EPOCH } from './limits.ts';
export type { Meta } from './meta.ts';
export { isClaimed, type ResultName, resultCode } from './result.ts';
export { type LedgerServer, type LedgerServerOptions, startLedgerServer } from './server.ts';
