import { err, isJsonObject, type JsonObject, ok, type Result } from '@wardmesh/core';
import type { Sha256 } from '../hash.ts';
import { MAX_TOOLS_PER_SERVER } from '../limits.ts';
import { type DiffLine, readableDiff } from './diff.ts';
import { pinnedPart, serverPin, type ToolDefinition, toolPin } from './pin.ts';

/** What is stored for a server after a person reviewed it. */
export interface StoredServerPins {
  readonly server: string;
  /** Counts reviews of this server, from 1. */
  readonly version: number;
  /** Milliseconds since the Unix epoch. */
  readonly reviewedAt: number;
  /** Who reviewed it; `first-use` where the operator let the first sight count as review. */
  readonly reviewedBy: string;
  readonly tools: Readonly<Record<string, { readonly pin: Sha256; readonly definition: JsonObject }>>;
  /** Pin over the set of names and pins. */
  readonly names: Sha256;
}

export interface ChangedTool {
  readonly name: string;
  readonly diff: readonly DiffLine[];
}

export interface PinComparison {
  readonly unchanged: readonly string[];
  readonly added: readonly string[];
  /** Reviewed tools that are no longer offered; noted, nothing to quarantine. */
  readonly removed: readonly string[];
  readonly changed: readonly ChangedTool[];
  /** Names that must not be called until reviewed: added and changed ones, and names offered twice. */
  readonly quarantined: readonly string[];
}

export type PinProblem = 'PIN_TOO_MANY_TOOLS' | 'PIN_DUPLICATE_NAME' | 'PIN_NOT_CANONICAL' | 'PIN_BOOK_TAMPERED';

export interface FirstSightOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The operator's name, after the review. Without it the sight is no review. */
  readonly reviewedBy?: string;
  /** Set by the operator only: the first sight counts as review. */
  readonly trustOnFirstUse?: boolean;
}

/** The reviewed pins of one server (WM-PIN-1). Immutable: a review makes a new book. */
export class PinBook {
  readonly pins: StoredServerPins;

  private constructor(pins: StoredServerPins) {
    this.pins = pins;
  }

  /** Opens what was stored; refuses a document whose pins do not match its own definitions. */
  static open(stored: StoredServerPins): Result<PinBook, PinProblem> {
    try {
      const pins = pinsOf(stored.tools);
      for (const [name, tool] of Object.entries(stored.tools)) {
        if (tool.definition.name !== name || toolPin(tool.definition) !== tool.pin) return err('PIN_BOOK_TAMPERED');
      }
      return serverPin(pins) === stored.names ? ok(new PinBook(stored)) : err('PIN_BOOK_TAMPERED');
    } catch {
      return err('PIN_BOOK_TAMPERED');
    }
  }

  /**
   * A book for a server never seen before. Without a reviewer and without `trustOnFirstUse` it holds no tool, so every
   * offered one is quarantined until reviewed.
   */
  static firstSight(
    server: string,
    offered: readonly ToolDefinition[],
    options: FirstSightOptions,
  ): Result<PinBook, PinProblem> {
    const reviewedBy = options.reviewedBy ?? (options.trustOnFirstUse === true ? 'first-use' : undefined);
    return build(server, reviewedBy === undefined ? [] : offered, {
      version: 1,
      reviewedAt: options.now,
      reviewedBy: reviewedBy ?? '',
    });
  }

  /** The book after a person accepted what is offered now, whole or for the named tools only. */
  review(
    offered: readonly ToolDefinition[],
    by: { readonly now: number; readonly reviewedBy: string; readonly only?: readonly string[] },
  ): Result<PinBook, PinProblem> {
    const only = by.only === undefined ? undefined : new Set(by.only);
    const accepted = only === undefined ? offered : offered.filter((tool) => only.has(tool.name));
    const names = new Set(accepted.map((tool) => tool.name));
    const kept =
      only === undefined
        ? []
        : Object.values(this.pins.tools)
            .map((tool) => tool.definition as ToolDefinition)
            .filter((tool) => !names.has(tool.name) && !only.has(tool.name));
    return build(this.pins.server, [...kept, ...accepted], {
      version: this.pins.version + 1,
      reviewedAt: by.now,
      reviewedBy: by.reviewedBy,
    });
  }

  /** Whether this very definition was reviewed; asked before each call. */
  isPinned(tool: ToolDefinition): boolean {
    const known = this.#known(tool.name);
    if (known === undefined) return false;
    try {
      return toolPin(tool) === known.pin;
    } catch {
      return false; // no canonical form, so not what was reviewed
    }
  }

  /** The reviewed definition; calls are validated against its schemas, never against what is offered. */
  definitionOf(name: string): JsonObject | undefined {
    return this.#known(name)?.definition;
  }

  /** What is offered now against what was reviewed. Only the tools that differ are quarantined. */
  compare(offered: readonly ToolDefinition[]): PinComparison {
    const unchanged: string[] = [];
    const added: string[] = [];
    const changed: ChangedTool[] = [];
    const seen = new Set<string>();
    const twice = new Set<string>();
    for (const tool of offered.slice(0, MAX_TOOLS_PER_SERVER)) {
      if (seen.has(tool.name)) twice.add(tool.name);
      seen.add(tool.name);
      const known = this.#known(tool.name);
      if (known === undefined) added.push(tool.name);
      else if (this.isPinned(tool)) unchanged.push(tool.name);
      else changed.push({ name: tool.name, diff: diffOf(known.definition, tool) });
    }
    const surplus = offered.slice(MAX_TOOLS_PER_SERVER).map((tool) => tool.name);
    const quarantined = new Set([...added, ...changed.map((tool) => tool.name), ...twice, ...surplus]);
    return {
      unchanged: unchanged.filter((name) => !quarantined.has(name)),
      added: [...new Set(added)],
      removed: Object.keys(this.pins.tools).filter((name) => !seen.has(name)),
      changed,
      quarantined: [...quarantined].sort(),
    };
  }

  #known(name: string): { readonly pin: Sha256; readonly definition: JsonObject } | undefined {
    return Object.hasOwn(this.pins.tools, name) ? this.pins.tools[name] : undefined;
  }
}

function build(
  server: string,
  accepted: readonly ToolDefinition[],
  review: { readonly version: number; readonly reviewedAt: number; readonly reviewedBy: string },
): Result<PinBook, PinProblem> {
  if (accepted.length > MAX_TOOLS_PER_SERVER) return err('PIN_TOO_MANY_TOOLS');
  const tools: [string, { pin: Sha256; definition: JsonObject }][] = [];
  const names = new Set<string>();
  for (const tool of accepted) {
    if (names.has(tool.name)) return err('PIN_DUPLICATE_NAME');
    names.add(tool.name);
    try {
      tools.push([tool.name, { pin: toolPin(tool), definition: pinnedPart(tool) }]);
    } catch {
      return err('PIN_NOT_CANONICAL');
    }
  }
  const byName = Object.fromEntries(tools);
  return PinBook.open({ server, ...review, tools: byName, names: serverPin(pinsOf(byName)) });
}

function pinsOf(tools: StoredServerPins['tools']): Record<string, string> {
  return Object.fromEntries(Object.entries(tools).map(([name, tool]) => [name, tool.pin]));
}

function diffOf(known: JsonObject, tool: ToolDefinition): readonly DiffLine[] {
  try {
    return readableDiff(known, pinnedPart(tool));
  } catch {
    return [{ sign: '@', text: 'the new definition holds text that is not Unicode' }];
  }
}

/** Whether an unknown value, read from a store, has the shape of stored pins. */
export function isStoredServerPins(value: unknown): value is StoredServerPins {
  if (!isJsonObject(value)) return false;
  return (
    typeof value.server === 'string' &&
    Number.isSafeInteger(value.version) &&
    Number.isSafeInteger(value.reviewedAt) &&
    typeof value.reviewedBy === 'string' &&
    typeof value.names === 'string' &&
    isJsonObject(value.tools) &&
    Object.values(value.tools).every(
      (tool) => isJsonObject(tool) && typeof tool.pin === 'string' && isJsonObject(tool.definition),
    )
  );
}
