import { isJsonObject, type JsonObject, toBase64, utf8 } from '@wardmesh/core';

/** The stateless revision, and the `_meta` keys of its requests (MCP 2026-07-28 §basic). Pinned wire names. */
export const STATELESS = '2026-07-28';
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  receipt: 'wardmesh/receipt',
  error: 'wardmesh/error',
  approval: 'wardmesh/approval',
  wait: 'wardmesh/wait',
} as const;

/** Which member of params the `Mcp-Name` header repeats (SEP-2243). */
const NAME_SOURCE: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

/** Headers that repeat what a stateless request's body says (MCP 2026-07-28 §Streamable HTTP). */
export function statelessHeaders(message: JsonObject): Record<string, string> {
  const params = isJsonObject(message.params) ? message.params : {};
  const version = isJsonObject(params._meta) ? params._meta[META.protocolVersion] : undefined;
  const method = String(message.method);
  const name = params[NAME_SOURCE[method] ?? ''];
  return {
    'mcp-protocol-version': typeof version === 'string' ? headerValue(version) : STATELESS,
    'mcp-method': headerValue(method),
    ...(typeof name === 'string' && { 'mcp-name': headerValue(name) }),
  };
}

/** A text as a header value: itself where it is plain, else `=?base64?…?=` (SEP-2243 §Value encoding). */
export function headerValue(text: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.startsWith('=?base64?');
  return plain ? text : `=?base64?${toBase64(utf8(text))}?=`;
}

/** Whether a message belongs to the stateless era: it says so in every request. */
export function isStateless(message: JsonObject): boolean {
  const params = isJsonObject(message.params) ? message.params : {};
  const meta = isJsonObject(params._meta) ? params._meta : {};
  return typeof meta[META.protocolVersion] === 'string' || message.method === 'server/discover';
}
