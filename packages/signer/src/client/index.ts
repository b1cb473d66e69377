export { SignerError, type SignerErrorCode } from '../error.ts';
export { AGENT_METHODS, type AgentMethod, policyOutcome, type SignOutcome, signOutcome } from '../protocol/agent.ts';
export { LEDGER_METHODS, type LedgerMethod, OPERATOR_METHODS, type OperatorMethod } from '../protocol/operator.ts';
export type { DecisionJson, LedgerFacts, Signed, SignerApproval, Wallet } from '../protocol/parts.ts';
export {
  type LedgerHandlers,
  type MethodParams,
  type MethodResult,
  SignerClient,
  type SignerClientOptions,
} from './client.ts';
