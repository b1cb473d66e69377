import { err, fromBase64, fromUtf8, isJsonObject, type Json, type JsonObject, ok, type Result } from '@wardmesh/core';
import { MAX_HEADER_VALUE } from '../limits.ts';
import { type MessageFault, messageFault } from './faults.ts';
import type { ParamHeader } from './param-headers.ts';
import type { ParsedMessage } from './parse.ts';
import { META_PROTOCOL_VERSION } from './revisions.ts';

/** Request headers by lower-case name, as `node:http` gives them. A repeated header is an array. */
export type HeaderMap = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which member of params `Mcp-Name` repeats (SEP-2243 §Standard request headers). */
const NAME_SOURCE: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

/**
 * Whether the headers of a stateless request say what its body says (MCP 2026-07-28 §Streamable HTTP; SEP-2243). An
 * intermediary may have decided on the headers, so a difference is refused: 400 and -32020.
 * @param declared the headers that the called tool's pinned input schema declares, see `readParamHeaders`.
 */
export function checkHeaders(
  headers: HeaderMap,
  message: ParsedMessage,
  declared: readonly ParamHeader[] = [],
): Result<void, MessageFault> {
  if (message.kind !== 'request') return ok(undefined); // SEP-2243 asks for them on requests
  const { id, method, params } = message;
  const meta = isJsonObject(params._meta) ? params._meta : undefined;
  if (single(headers, 'mcp-protocol-version') !== meta?.[META_PROTOCOL_VERSION]) {
    return mismatch(id, 'MCP-Protocol-Version');
  }
  if (single(headers, 'mcp-method') !== method) return mismatch(id, 'Mcp-Method');
  const source = NAME_SOURCE.get(method);
  if (source !== undefined) {
    const sent = single(headers, 'mcp-name');
    if (sent === undefined || decode(sent) !== params[source]) return mismatch(id, 'Mcp-Name');
  }
  if (method === 'tools/call') {
    for (const header of declared) {
      if (!agrees(headers, header, params.arguments)) return mismatch(id, 'Mcp-Param');
    }
  }
  return ok(undefined);
}

function agrees(headers: HeaderMap, declared: ParamHeader, args: Json | undefined): boolean {
  const value = memberAt(args, declared.path);
  // A value that is null or absent has no header; one that is sent nevertheless is ignored (§Server behavior).
  if (value === undefined || value === null) return true;
  if (typeof value === 'object') return true; // not of the declared type: the input schema refuses it
  const sent = single(headers, declared.header);
  if (sent === undefined) return false;
  const decoded = decode(sent);
  if (decoded === undefined) return false;
  // 42.0 and 42 are the same integer (SHOULD compare numerically).
  if (typeof value === 'number' && /^-?\d{1,16}(?:\.\d{1,16})?$/.test(decoded)) return Number(decoded) === value;
  return decoded === String(value);
}

function memberAt(root: Json | undefined, path: readonly string[]): Json | undefined {
  let node = root;
  for (const name of path) {
    if (!isJsonObject(node) || !Object.hasOwn(node, name)) return undefined;
    node = (node as JsonObject)[name];
  }
  return node;
}

/** The value without optional white space (RFC 9110 §5.5); undefined where it is absent, repeated or overlong. */
function single(headers: HeaderMap, name: string): string | undefined {
  const value = headers[name];
  if (typeof value !== 'string' || value.length > MAX_HEADER_VALUE) return undefined;
  return trimOws(value);
}

function trimOws(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && isOws(value.charCodeAt(start))) start++;
  while (end > start && isOws(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isOws(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

const SENTINEL = '=?base64?';

/** Undoes `=?base64?…?=` (SEP-2243 §Value encoding); undefined where the payload is not canonical base64 of UTF-8. */
function decode(value: string): string | undefined {
  if (!value.startsWith(SENTINEL) || !value.endsWith('?=')) return value;
  try {
    return fromUtf8(fromBase64(value.slice(SENTINEL.length, -2)));
  } catch {
    return undefined;
  }
}

function mismatch(id: string | number, header: string): Result<never, MessageFault> {
  return err(messageFault('HEADER_MISMATCH', `the ${header} header does not agree with the body`, id));
}
