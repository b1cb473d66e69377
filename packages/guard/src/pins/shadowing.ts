import { MAX_NAME_PAIRS } from '../limits.ts';
import type { ToolDefinition } from './pin.ts';
import { isOneEditApart, skeleton } from './skeleton.ts';

export type ShadowKind =
  /** Two servers offer one name. */
  | 'same-name'
  /** Names that look alike: case, separators, look-alike letters. */
  | 'confusable-name'
  /** Names of at least five characters that one typing error separates. */
  | 'near-name'
  /** The description speaks of another server's tool. */
  | 'mentions-tool'
  /** The description asks to be used in place of another server's tool. */
  | 'claims-precedence'
  /** The description of another server's tool, word for word. */
  | 'same-description';

export interface ShadowFlag {
  readonly kind: ShadowKind;
  readonly server: string;
  readonly tool: string;
  readonly otherServer: string;
  readonly otherTool: string;
}

export interface OfferedServer {
  readonly server: string;
  readonly tools: readonly ToolDefinition[];
}

interface Entry {
  readonly server: string;
  readonly name: string;
  readonly skeleton: string;
  readonly description: string;
}

/** Shorter descriptions are alike by chance. */
const MIN_DESCRIPTION = 24;
/** Shorter names are words that descriptions use anyway. */
const MIN_MENTION = 5;
const MIN_NEAR = 5;
const PRECEDENCE =
  /\b(?:instead\s{1,4}of|in\s{1,4}place\s{1,4}of|rather\s{1,4}than|replaces?|replacement\s{1,4}for|prefer\s{1,4}(?:this|it)|before\s{1,4}(?:using|calling)|do\s{1,4}not\s{1,4}use|never\s{1,4}use|must\s{1,4}(?:first\s{1,4})?(?:use|call))\b/i;

/**
 * Flags tools of one server that shadow or impersonate another server's (WM-PIN-1; OWASP MCP03, MCP09). Flags are for
 * review: nothing is refused by them, and an honest gateway in front of two file servers raises some.
 */
export function findShadowing(servers: readonly OfferedServer[]): readonly ShadowFlag[] {
  const entries = servers.flatMap(({ server, tools }) =>
    tools.map(
      (tool): Entry => ({
        server,
        name: tool.name,
        skeleton: skeleton(tool.name),
        description: typeof tool.description === 'string' ? tool.description.trim() : '',
      }),
    ),
  );
  return [...nameFlags(entries), ...nearFlags(entries), ...descriptionFlags(entries), ...mentionFlags(entries)];
}

function nameFlags(entries: readonly Entry[]): ShadowFlag[] {
  return groups(entries, (entry) => entry.skeleton).flatMap((group) =>
    pairs(group).map(([a, b]) => flag(a.name === b.name ? 'same-name' : 'confusable-name', a, b)),
  );
}

function nearFlags(entries: readonly Entry[]): ShadowFlag[] {
  const flags: ShadowFlag[] = [];
  let compared = 0;
  // Names within one edit differ in length by at most one, so sorting by length leaves few neighbours.
  const sorted = entries.filter((entry) => entry.name.length >= MIN_NEAR).sort((a, b) => a.name.length - b.name.length);
  for (let i = 0; i < sorted.length; i++) {
    for (let j = i + 1; j < sorted.length && sorted[j]!.name.length - sorted[i]!.name.length <= 1; j++) {
      if (++compared > MAX_NAME_PAIRS) return flags;
      const a = sorted[i]!;
      const b = sorted[j]!;
      if (a.server === b.server || a.skeleton === b.skeleton) continue;
      if (isOneEditApart(a.name, b.name)) flags.push(flag('near-name', a, b));
    }
  }
  return flags;
}

function descriptionFlags(entries: readonly Entry[]): ShadowFlag[] {
  const long = entries.filter((entry) => entry.description.length >= MIN_DESCRIPTION);
  return groups(long, (entry) => entry.description.toLowerCase().replace(/\s+/g, ' ')).flatMap((group) =>
    pairs(group).map(([a, b]) => flag('same-description', a, b)),
  );
}

function mentionFlags(entries: readonly Entry[]): ShadowFlag[] {
  const byName = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.name.length < MIN_MENTION) continue;
    const known = byName.get(entry.name.toLowerCase());
    if (known === undefined) byName.set(entry.name.toLowerCase(), [entry]);
    else known.push(entry);
  }
  const flags: ShadowFlag[] = [];
  for (const entry of entries) {
    // A word for a word, so the cost is the descriptions' length and not names times descriptions.
    const words = new Set(entry.description.toLowerCase().match(/[a-z0-9_][a-z0-9_-]*/g) ?? []);
    const claims = PRECEDENCE.test(entry.description);
    for (const word of words) {
      for (const other of byName.get(word) ?? []) {
        if (other.server === entry.server) continue;
        // A plain English word is a mention only together with a claim, or where it cannot be chance.
        if (claims) flags.push(flag('claims-precedence', entry, other));
        else if (/[_-]|\d/.test(other.name) || /[a-z][A-Z]/.test(other.name)) {
          flags.push(flag('mentions-tool', entry, other));
        }
      }
    }
  }
  return flags;
}

function flag(kind: ShadowKind, a: Entry, b: Entry): ShadowFlag {
  return { kind, server: a.server, tool: a.name, otherServer: b.server, otherTool: b.name };
}

function groups(entries: readonly Entry[], keyOf: (entry: Entry) => string): readonly (readonly Entry[])[] {
  return [...Map.groupBy(entries, keyOf).values()].filter((group) => group.length > 1);
}

/** Pairs of entries of different servers. */
function pairs(group: readonly Entry[]): readonly (readonly [Entry, Entry])[] {
  const found: [Entry, Entry][] = [];
  for (let i = 0; i < group.length; i++) {
    for (let j = i + 1; j < group.length && found.length < MAX_NAME_PAIRS; j++) {
      if (group[i]!.server !== group[j]!.server) found.push([group[i]!, group[j]!]);
    }
  }
  return found;
}
