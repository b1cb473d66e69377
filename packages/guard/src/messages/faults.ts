/** Every way a message can be refused. The first word says which layer refused it. */
export type MessageFaultCode =
  | 'ENVELOPE_INVALID'
  | 'BATCH_UNSUPPORTED'
  | 'REVISION_UNSUPPORTED'
  | 'METHOD_UNKNOWN'
  | 'PARAMS_INVALID'
  | 'RESULT_INVALID'
  | 'META_MISSING'
  | 'META_INVALID'
  | 'HEADER_MISMATCH';

/** JSON-RPC error code of each fault: JSON-RPC 2.0 §5.1, and MCP 2026-07-28 for -32020 and -32022. */
export const RPC_CODES: Readonly<Record<MessageFaultCode, number>> = Object.freeze({
  ENVELOPE_INVALID: -32600,
  BATCH_UNSUPPORTED: -32600,
  REVISION_UNSUPPORTED: -32022,
  METHOD_UNKNOWN: -32601,
  PARAMS_INVALID: -32602,
  RESULT_INVALID: -32603,
  META_MISSING: -32602,
  META_INVALID: -32602,
  HEADER_MISMATCH: -32020,
});

export interface MessageFault {
  readonly code: MessageFaultCode;
  /** The JSON-RPC error code to answer with. */
  readonly rpcCode: number;
  /** Fixed text; holds names of the protocol, never a value of the message. */
  readonly message: string;
  /** Id to answer to; null where it could not be read (JSON-RPC 2.0 §5). */
  readonly id: string | number | null;
  /** JSON Pointer (RFC 6901) of the place, from the message's root. */
  readonly pointer?: string;
  /** The schema keyword that failed. */
  readonly keyword?: string;
}

export function messageFault(
  code: MessageFaultCode,
  message: string,
  id: string | number | null,
  place: { readonly pointer?: string; readonly keyword?: string } = {},
): MessageFault {
  return { code, rpcCode: RPC_CODES[code], message, id, ...place };
}
