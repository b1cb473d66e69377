export type { CheckFault, CheckFaultCode, CheckLayer, ToolCheck } from './checks/check.ts';
export { type ArgumentChecks, CheckRegistry, STANDARD_CHECKS } from './checks/registry.ts';
export { hashJson, type Sha256 } from './hash.ts';
export { type Flow, type FlowQuery, flowDecision } from './labels/flow.ts';
export { LABELS, type Label, type ToolFlow } from './labels/labels.ts';
export { SessionLabels, type SessionLabelsOptions } from './labels/session-labels.ts';
export { type MessageFault, type MessageFaultCode, RPC_CODES } from './messages/faults.ts';
export { checkHeaders, type HeaderMap } from './messages/headers.ts';
export { METHODS, type Sender } from './messages/methods.ts';
export { type ParamHeader, readParamHeaders } from './messages/param-headers.ts';
export {
  type MessageId,
  type ParsedMessage,
  type ParseOptions,
  parseMessage,
  type RpcError,
} from './messages/parse.ts';
export {
  type Era,
  eraOf,
  isRevision,
  NEGOTIABLE_AWAY,
  NEWEST_SESSION_REVISION,
  negotiate,
  REVISIONS,
  type Revision,
} from './messages/revisions.ts';
export { warmMessages } from './messages/warm.ts';
export { type DiffLine, escapeHidden, formatDiff, readableDiff } from './pins/diff.ts';
export {
  PINNED_MEMBERS,
  pinnedPart,
  promptPin,
  resourceTemplatePin,
  serverPin,
  type ToolDefinition,
  toolPin,
} from './pins/pin.ts';
export {
  type ChangedTool,
  type FirstSightOptions,
  isStoredServerPins,
  PinBook,
  type PinComparison,
  type PinProblem,
  type StoredServerPins,
} from './pins/pin-book.ts';
export { findShadowing, type OfferedServer, type ShadowFlag, type ShadowKind } from './pins/shadowing.ts';
export { isOneEditApart, skeleton } from './pins/skeleton.ts';
export { type ArgumentOptions, SchemaChecker } from './schemas/checker.ts';
export type { SchemaFault, SchemaFaultCode, ValueProblem } from './schemas/faults.ts';
export { SCREEN_PATTERNS, type ScreenPattern, type Severity } from './screen/patterns.ts';
export { quoteAsData } from './screen/quote.ts';
export {
  type ScreenedResult,
  type ScreenFinding,
  type ScreenOptions,
  screenError,
  screenErrorMessage,
  screenResult,
} from './screen/result.ts';
