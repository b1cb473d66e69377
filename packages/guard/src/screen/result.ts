import { canonicalize, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { hashJson, type Sha256 } from '../hash.ts';
import { MAX_FINDINGS, MAX_SCREEN_DEPTH } from '../limits.ts';
import { toSegment } from '../pointer.ts';
import { SCREEN_PATTERNS, type ScreenPattern } from './patterns.ts';
import { maySay } from './precheck.ts';
import { quoteAsData } from './quote.ts';
import { type Counts, type ScreenScope, screenText } from './text.ts';

export interface ScreenFinding {
  /** Id of the pattern. */
  readonly pattern: string;
  /** JSON Pointer into the result. */
  readonly path: string;
  readonly count: number;
}

export interface ScreenOptions {
  /** Ids of patterns the operator switched off for this tool. */
  readonly without?: readonly string[];
  /** Put each text block into an envelope that names it data. Default false: it costs tokens and some clients show it. */
  readonly quoteFrom?: string;
  /** Whether `structuredContent` still holds to the pinned output schema; asked only where screening changed it. */
  readonly outputHolds?: (structuredContent: Json) => boolean;
}

export interface ScreenedResult {
  /** The same object where nothing changed, so that the original bytes can be forwarded. */
  readonly result: JsonObject;
  readonly changed: boolean;
  readonly findings: readonly ScreenFinding[];
  /** Hash of the result as it came, where it was changed; for the receipt. */
  readonly originalHash?: Sha256;
  /** The screened `structuredContent` would break the output schema, so an error stands in for the whole result. */
  readonly withheld?: true;
}

/** Members that no model reads as text, or that break when changed. */
const UNTOUCHED: ReadonlySet<string> = new Set([
  '_meta',
  'blob',
  'mimeType',
  'uri',
  'uriTemplate',
  'type',
  'role',
  'annotations',
  'icons',
  'requestState',
  'resultType',
  'nextCursor',
  'lastModified',
]);

interface Walk {
  readonly patterns: readonly ScreenPattern[];
  readonly findings: ScreenFinding[];
  readonly quoteFrom: string | undefined;
}

/**
 * Neutralises instruction-like text in any result (XR-OUT-1): content blocks, embedded resources, `structuredContent`,
 * resource contents, prompt messages, completions, and the descriptions of lists. Base64 (`blob`, `data` of images and
 * audio) is never touched, nor are names and addresses that the protocol uses as keys.
 */
export function screenResult(result: JsonObject, options: ScreenOptions = {}): ScreenedResult {
  const walk: Walk = {
    patterns: select(options.without),
    findings: [],
    quoteFrom: options.quoteFrom,
  };
  const structured =
    result.structuredContent === undefined
      ? undefined
      : screenValue(result.structuredContent, 'structured', '/structuredContent', 0, walk);
  let screened = screenMembers(result, '', walk, structured);
  if (screened === result) return { result, changed: false, findings: walk.findings };
  const originalHash = hashJson(result);
  if (structured !== result.structuredContent && options.outputHolds?.(structured as Json) === false) {
    screened = WITHHELD;
    return { result: screened, changed: true, findings: walk.findings, originalHash, withheld: true };
  }
  return { result: screened, changed: true, findings: walk.findings, originalHash };
}

/** Text of a JSON-RPC error, which models read too. */
export function screenErrorMessage(
  message: string,
  options: ScreenOptions = {},
): { message: string; changed: boolean } {
  const screened = screenText(message, 'text', new Map(), select(options.without));
  return { message: screened, changed: screened !== message };
}

/** A whole JSON-RPC error: its message as prose, its data as structured data. The same object where nothing matched. */
export function screenError(error: JsonObject, options: ScreenOptions = {}): ScreenedResult {
  const walk: Walk = { patterns: select(options.without), findings: [], quoteFrom: undefined };
  const message =
    typeof error.message === 'string' ? screenString(error.message, 'text', '/message', walk) : error.message;
  const data = error.data === undefined ? undefined : screenValue(error.data, 'structured', '/data', 0, walk);
  if (message === error.message && data === error.data) return { result: error, changed: false, findings: [] };
  const result = { ...error, ...(message !== undefined && { message }), ...(data !== undefined && { data }) };
  return { result, changed: true, findings: walk.findings, originalHash: hashJson(error) };
}

const WITHHELD: JsonObject = Object.freeze({
  content: [
    {
      type: 'text',
      text: 'The result was withheld: with instruction-like text neutralised it no longer matches the tool’s output schema.',
    },
  ],
  isError: true,
});

function select(without: readonly string[] | undefined): readonly ScreenPattern[] {
  if (without === undefined || without.length === 0) return SCREEN_PATTERNS;
  return SCREEN_PATTERNS.filter((pattern) => !without.includes(pattern.id));
}

/** The top of a result, where the text mirror of `structuredContent` has to follow it. */
function screenMembers(result: JsonObject, path: string, walk: Walk, structured: Json | undefined): JsonObject {
  let copy: Record<string, Json> | undefined;
  for (const [name, value] of Object.entries(result)) {
    let next: Json;
    if (name === 'structuredContent') next = structured as Json;
    else if (UNTOUCHED.has(name)) continue;
    else if (name === 'content' && Array.isArray(value)) next = screenContent(value, path, walk, result, structured);
    else next = screenValue(value, 'text', `${path}/${name}`, 0, walk);
    if (next !== value) copy = { ...(copy ?? result), [name]: next };
  }
  return copy ?? result;
}

function screenContent(
  blocks: readonly Json[],
  path: string,
  walk: Walk,
  result: JsonObject,
  structured: Json | undefined,
): Json {
  const didChange = structured !== result.structuredContent;
  const mirrored = didChange ? canonicalize(result.structuredContent) : undefined;
  let changed = false;
  const screened = blocks.map((block, index) => {
    const here = `${path}/content/${index}`;
    const next =
      mirrored !== undefined && isMirror(block, mirrored)
        ? { ...(block as JsonObject), text: JSON.stringify(structured) }
        : screenBlock(block, here, walk);
    if (next !== block) changed = true;
    return next;
  });
  return changed ? screened : blocks;
}

/** Whether a text block is the JSON of `structuredContent` (MCP §Structured content: for clients that read only text). */
function isMirror(block: Json, canonical: string): boolean {
  if (!isJsonObject(block) || block.type !== 'text' || typeof block.text !== 'string') return false;
  const value = parseData(block.text);
  return value !== undefined && canonicalize(value) === canonical;
}

function screenBlock(block: Json, path: string, walk: Walk): Json {
  if (!isJsonObject(block)) return block;
  const screened = screenValue(block, 'text', path, 0, walk);
  if (walk.quoteFrom === undefined || !isJsonObject(screened) || typeof screened.text !== 'string') return screened;
  return { ...screened, text: quoteAsData(screened.text, walk.quoteFrom) };
}

function screenValue(value: Json, scope: ScreenScope, path: string, depth: number, walk: Walk): Json {
  if (typeof value === 'string') return screenString(value, scope, path, walk);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_SCREEN_DEPTH) return null; // deeper than any message that was let in: dropped, not trusted
  if (Array.isArray(value)) {
    let copy: Json[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const next = screenValue(value[i] as Json, scope, `${path}/${i}`, depth + 1, walk);
      if (next !== value[i]) {
        copy ??= [...value];
        copy[i] = next;
      }
    }
    return copy ?? value;
  }
  const object = value as JsonObject;
  const isMedia = object.type === 'image' || object.type === 'audio';
  let copy: Record<string, Json> | undefined;
  for (const name in object) {
    if (scope === 'text' && (UNTOUCHED.has(name) || (isMedia && name === 'data'))) continue;
    const member = object[name] as Json;
    const inner = scope === 'text' && isSchema(name) ? 'structured' : scope;
    const next = screenValue(member, inner, `${path}/${toSegment(name)}`, depth + 1, walk);
    if (next !== member) {
      copy ??= { ...object };
      copy[name] = next;
    }
  }
  return copy ?? value;
}

/** Schemas and nested structured content are data: a fence in a description there has no fence to end. */
function isSchema(name: string): boolean {
  return (
    name === 'inputSchema' || name === 'outputSchema' || name === 'structuredContent' || name === 'requestedSchema'
  );
}

function screenString(text: string, scope: ScreenScope, path: string, walk: Walk): string {
  if (!maySay(text)) return text;
  const counts: Counts = new Map();
  let screened = screenText(text, scope, counts, walk.patterns);
  if (screened === text) return text;
  if (scope === 'text') {
    // JSON in a text block stays JSON: its strings are screened one by one, and a fence inside it is left.
    const data = parseData(text);
    if (data !== undefined) {
      counts.clear();
      const inner = screenData(data, counts, walk, 0);
      screened = inner === data ? text : JSON.stringify(inner);
    }
  }
  for (const [pattern, count] of counts) {
    if (walk.findings.length < MAX_FINDINGS) walk.findings.push({ pattern, path, count });
  }
  return screened;
}

function screenData(value: Json, counts: Counts, walk: Walk, depth: number): Json {
  if (typeof value === 'string') return screenText(value, 'structured', counts, walk.patterns);
  if (typeof value !== 'object' || value === null || depth > MAX_SCREEN_DEPTH) return value;
  let changed = false;
  const screen = (member: Json): Json => {
    const next = screenData(member, counts, walk, depth + 1);
    if (next !== member) changed = true;
    return next;
  };
  const next = Array.isArray(value)
    ? value.map((item) => screen(item as Json))
    : Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, member]) => [
          renamed(screenText(name, 'structured', counts, walk.patterns), name, () => {
            changed = true;
          }),
          screen(member),
        ]),
      );
  return changed ? next : value;
}

function renamed(next: string, name: string, note: () => void): string {
  if (next !== name) note();
  return next;
}

/** The value of a text that is a JSON object or array. */
function parseData(text: string): Json | undefined {
  const first = text.trimStart()[0];
  if (first !== '{' && first !== '[') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
