export { type MessageFault, type MessageFaultCode, RPC_CODES } from './messages/faults.ts';
export { checkHeaders, type HeaderMap } from './messages/headers.ts';
export { METHODS, type Sender } from './messages/methods.ts';
export { type ParamHeader, readParamHeaders } from './messages/param-headers.ts';
export { type MessageId, type ParsedMessage, type ParseOptions, parseMessage, type RpcError } from './messages/parse.ts';
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
