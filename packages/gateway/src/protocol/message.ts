import { isJsonObject, type JsonObject } from '@wardmesh/core';

/** JSON-RPC 2.0 as MCP restricts it: no batches, no null ids. */
export type RequestId = string | number;

export interface JsonRpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly method: string;
  readonly params?: JsonObject;
}

export interface JsonRpcNotification {
  readonly jsonrpc: '2.0';
  readonly method: string;
  readonly params?: JsonObject;
}

export interface JsonRpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export interface JsonRpcResult {
  readonly jsonrpc: '2.0';
  readonly id: RequestId;
  readonly result: JsonObject;
}

export interface JsonRpcFailure {
  readonly jsonrpc: '2.0';
  /** Absent where the request's id could not be read. */
  readonly id?: RequestId | null;
  readonly error: JsonRpcError;
}

export type JsonRpcResponse = JsonRpcResult | JsonRpcFailure;
export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse;

export function isRequest(value: unknown): value is JsonRpcRequest {
  return isJsonObject(value) && typeof value.method === 'string' && value.id !== undefined;
}

export function isNotification(value: unknown): value is JsonRpcNotification {
  return isJsonObject(value) && typeof value.method === 'string' && value.id === undefined;
}

export function isResponse(value: unknown): value is JsonRpcResponse {
  return isJsonObject(value) && value.method === undefined && (value.result !== undefined || value.error !== undefined);
}

export function isFailure(response: JsonRpcResponse): response is JsonRpcFailure {
  return 'error' in response && response.error !== undefined;
}

export function isResultResponse(response: JsonRpcResponse): response is JsonRpcResult {
  return 'result' in response && response.result !== undefined;
}

/** JSON-RPC and MCP wire codes. Pinned: clients depend on the numbers. */
export const WIRE = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Wardmesh refused: the coded reason is in `data.code`. Inside JSON-RPC's implementation range. */
  refused: -32001,
  urlElicitationRequired: -32042,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedProtocolVersion: -32022,
} as const;
