export { type CommandContext, runCommand } from './commands/index.ts';
export { RpcError } from './commands/rpc-error.ts';
export { conditionOf, fulfillmentOf } from './condition.ts';
export type { Exchange, Faults } from './faults.ts';
export type { Header, Recorded } from './header.ts';
export { type Closed, GENESIS_ACCOUNT, type LedgerOptions, type Submission, TestLedger } from './ledger.ts';
export { claimExpired, claimValidated, LIES } from './lies.ts';
export { BASE_FEE, LOCAL_NETWORK_ID, RESERVE_BASE, RESERVE_INCREMENT, RIPPLE_EPOCH } from './limits.ts';
export type { Meta } from './meta.ts';
export { isClaimed, type ResultName, resultCode } from './result.ts';
export { type LedgerServer, type LedgerServerOptions, startLedgerServer } from './server.ts';
export { loadLedger, saveLedger, saver } from './store.ts';
export {
  combineSigners,
  prepareTx,
  type SignedTx,
  type TestWallet,
  type TxFields,
  testWallet,
  walletOfSeed,
} from './wallet.ts';
