import { isUtf8 } from 'node:buffer';
import { err, isJsonObject, ok, parseStrictJson, type Result } from '@wardmesh/core';
import type { JsonRpcMessage } from '../../protocol/message.ts';

export type MessageFault = 'not UTF-8' | 'not strict JSON' | 'not JSON-RPC';

/**
 * One JSON-RPC message as MCP restricts it (no batches, ids are strings or integers), from untrusted bytes.
 * Duplicate member names and deep nesting are refused: readers would disagree about what was said.
 */
export function parseMessage(bytes: Buffer): Result<JsonRpcMessage, MessageFault> {
  if (!isUtf8(bytes)) return err('not UTF-8');
  return parseMessageText(bytes.toString('utf8'));
}

export function parseMessageText(text: string): Result<JsonRpcMessage, MessageFault> {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return err('not strict JSON');
  return isMessage(parsed.value) ? ok(parsed.value) : err('not JSON-RPC');
}

function isMessage(value: unknown): value is JsonRpcMessage {
  if (!isJsonObject(value) || value.jsonrpc !== '2.0') return false;
  const { id, method, params, result, error } = value;
  if (method !== undefined) {
    return (
      typeof method === 'string' &&
      (id === undefined || isId(id)) &&
      (params === undefined || isJsonObject(params)) &&
      result === undefined &&
      error === undefined
    );
  }
  if (error === undefined) return isId(id) && isJsonObject(result);
  return (
    result === undefined &&
    (id === undefined || id === null || isId(id)) &&
    isJsonObject(error) &&
    Number.isInteger(error.code) &&
    typeof error.message === 'string'
  );
}

function isId(id: unknown): boolean {
  return typeof id === 'string' || Number.isSafeInteger(id);
}
