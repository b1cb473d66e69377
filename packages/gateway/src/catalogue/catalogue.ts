import { createHash } from 'node:crypto';
import { type Clock, CodedError, canonicalize, type JsonObject } from '@wardmesh/core';
import {
  findShadowing,
  isStoredServerPins,
  PinBook,
  type PinComparison,
  type ShadowFlag,
  type ToolDefinition,
} from '@wardmesh/guard';
import type { ServerSettings, WardConfig } from '../config/index.ts';
import type { CatalogueTool } from '../pipeline/call.ts';
import { type Denial, deny } from '../protocol/errors.ts';
import type { Upstream } from '../upstream/port.ts';
import { pinOrNone } from './pin-or-none.ts';
import { catalogueTool } from './tool-settings.ts';

/** Reviewed pins by server, and what was last offered, as the store keeps them. */
export interface PinDocuments {
  load(key: string): Promise<unknown>;
  save(key: string, value: unknown): Promise<void>;
}

export interface CatalogueEvents {
  /** A tool differs from its review, or is new. */
  drift(server: string, comparison: PinComparison): void;
  pinned(server: string, by: string, names: readonly string[]): void;
  shadowing(findings: readonly ShadowFlag[]): void;
  /** Tools changed: policies are checked against the new catalogue, clients are told. */
  changed(server: string): void;
}

export interface ServerEntry {
  readonly id: string;
  settings: ServerSettings;
  upstream: Upstream;
  book: PinBook | undefined;
  /** As last offered; what a review accepts. */
  offered: readonly ToolDefinition[];
  comparison: PinComparison | undefined;
  tools: ReadonlyMap<string, CatalogueTool>;
}

export type CatalogueErrorCode =
  | 'SERVER_UNKNOWN'
  | 'PINS_NOT_GENUINE'
  | 'PINS_REFUSED'
  | 'NOTHING_OFFERED'
  | 'OFFER_CHANGED';

/**
 * The servers and their reviewed tools. Only what a person reviewed is here; what a server offers beyond that, or offers
 * differently, is held back by name until reviewed (WM-PIN-1).
 */
export class Catalogue {
  readonly #entries = new Map<string, ServerEntry>();
  readonly #documents: PinDocuments;
  readonly #clock: Clock;
  readonly #events: CatalogueEvents;
  readonly #config: () => WardConfig;
  readonly #shipped: Readonly<Record<string, unknown>>;
  #shadowing: readonly ShadowFlag[] = [];

  constructor(options: {
    documents: PinDocuments;
    clock: Clock;
    events: CatalogueEvents;
    config: () => WardConfig;
    /** Reviews that came with the product, by package name and version. */
    shipped?: Readonly<Record<string, unknown>>;
  }) {
    this.#documents = options.documents;
    this.#clock = options.clock;
    this.#events = options.events;
    this.#config = options.config;
    this.#shipped = options.shipped ?? {};
  }

  get shadowing(): readonly ShadowFlag[] {
    return this.#shadowing;
  }

  servers(): readonly ServerEntry[] {
    return [...this.#entries.values()];
  }

  server(id: string): ServerEntry | undefined {
    return this.#entries.get(id);
  }

  tool(server: string, name: string): CatalogueTool | undefined {
    return this.#entries.get(server)?.tools.get(name);
  }

  tools(): readonly CatalogueTool[] {
    return this.servers().flatMap((entry) => [...entry.tools.values()]);
  }

  /** Why a tool cannot be called. `offered`: the server offers it, with another definition than the reviewed one. */
  whyNot(server: string, name: string, offered = false): Denial {
    const entry = this.#entries.get(server);
    if (!entry) return deny('SERVER_UNKNOWN');
    const review = `Review with: ward servers diff ${server} — then: ward servers pin ${server}`;
    if (entry.book === undefined) return deny('SERVER_NOT_REVIEWED', { hint: review });
    if (offered || entry.comparison?.quarantined.includes(name)) return deny('TOOL_QUARANTINED', { hint: review });
    return deny('TOOL_UNKNOWN');
  }

  /** Adds or replaces a server. @throws CodedError PINS_NOT_GENUINE where its stored review was tampered with */
  async put(id: string, settings: ServerSettings, upstream: Upstream): Promise<void> {
    const stored = await this.#documents.load(`pins/${id}`);
    const offered = await this.#documents.load(`offered/${id}`);
    const book = stored === undefined ? this.#shippedBook(id, settings) : openBook(id, stored);
    const entry: ServerEntry = {
      id,
      settings,
      upstream,
      book,
      offered: Array.isArray(offered) ? (offered as ToolDefinition[]) : [],
      comparison: undefined,
      tools: new Map(),
    };
    this.#entries.set(id, entry);
    this.#settle(entry);
  }

  remove(id: string): ServerEntry | undefined {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry;
  }

  /** Takes what a server offers now: first sight, drift, or nothing new. */
  async observe(server: string, offered: readonly ToolDefinition[]): Promise<void> {
    const entry = this.#entries.get(server);
    if (!entry) return;
    if (entry.book === undefined && entry.settings.pins === 'trust-on-first-use') {
      await this.#accept(entry, offered, 'first-use');
      return;
    }
    const before = entry.comparison?.quarantined.join() ?? '';
    const comparison = entry.book?.compare(offered) ?? unreviewed(offered);
    entry.comparison = comparison;
    if (comparison.quarantined.join() === before) return;
    entry.offered = offered;
    await this.#documents.save(`offered/${server}`, offered);
    this.#settle(entry);
    if (comparison.quarantined.length > 0) this.#events.drift(server, comparison);
  }

  /**
   * Accepts what a server offers, whole or the named tools. With `offer` only if that is still what it offers.
   * @throws CodedError<CatalogueErrorCode>
   */
  async pin(server: string, by: string, only?: readonly string[], offer?: string): Promise<readonly string[]> {
    const entry = this.#entries.get(server);
    if (!entry) throw new CodedError('SERVER_UNKNOWN', `There is no server ${server}.`);
    if (offer !== undefined && offer !== this.offer(server)) {
      throw new CodedError('OFFER_CHANGED', `${server} offers something else than what was reviewed a moment ago.`, {
        hint: `Look again: ward servers diff ${server}`,
      });
    }
    // A server without tools is reviewed for its resources and prompts; one that never ran is not.
    if (entry.offered.length === 0 && entry.book === undefined && entry.comparison === undefined) {
      throw new CodedError('NOTHING_OFFERED', `${server} has not offered any tool yet.`, {
        hint: 'Is it running? ward status',
      });
    }
    const offered = entry.offered.length > 0 ? entry.offered : definitionsOf(entry);
    return this.#accept(entry, offered, by, only);
  }

  /** What differs between review and offer, for people. */
  diff(server: string): PinComparison {
    const entry = this.#entries.get(server);
    if (!entry) throw new CodedError('SERVER_UNKNOWN', `There is no server ${server}.`);
    return (
      entry.comparison ?? { unchanged: [...entry.tools.keys()], added: [], removed: [], changed: [], quarantined: [] }
    );
  }

  /** Hash of what a server offers now: a review names it, so that what was read is what is accepted. */
  offer(server: string): string {
    const offered = this.#entries.get(server)?.offered ?? [];
    const pins = offered.map((tool) => `${tool.name} ${pinOrNone(tool)}`).sort();
    return `sha256:${createHash('sha256').update(canonicalize(pins)).digest('hex')}`;
  }

  /** Applies a changed configuration to tools that are known. */
  reconfigure(id: string, settings: ServerSettings): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.settings = settings;
    this.#settle(entry);
  }

  async #accept(entry: ServerEntry, offered: readonly ToolDefinition[], by: string, only?: readonly string[]) {
    const now = this.#clock.now();
    const made =
      entry.book === undefined
        ? PinBook.firstSight(entry.id, only ? offered.filter((tool) => only.includes(tool.name)) : offered, {
            now,
            reviewedBy: by,
          })
        : entry.book.review(offered, { now, reviewedBy: by, ...(only && { only }) });
    if (!made.ok) throw new CodedError('PINS_REFUSED', `The tools of ${entry.id} cannot be pinned: ${made.error}.`);
    await this.#documents.save(`pins/${entry.id}`, made.value.pins);
    entry.book = made.value;
    entry.offered = offered;
    entry.comparison = made.value.compare(offered);
    this.#settle(entry);
    const names = only ?? offered.map((tool) => tool.name);
    this.#events.pinned(entry.id, by, names);
    return names;
  }

  #settle(entry: ServerEntry): void {
    const held = new Set(entry.comparison?.quarantined ?? []);
    const tools = new Map<string, CatalogueTool>();
    for (const [name, pinned] of Object.entries(entry.book?.pins.tools ?? {})) {
      if (!held.has(name)) tools.set(name, catalogueTool(entry.id, entry.settings, this.#config(), pinned));
    }
    entry.tools = tools;
    const findings = findShadowing(
      this.servers().map((other) => ({ server: other.id, tools: offeredOrPinned(other) })),
    );
    if (JSON.stringify(findings) !== JSON.stringify(this.#shadowing)) {
      this.#shadowing = findings;
      if (findings.length > 0) this.#events.shadowing(findings);
    }
    this.#events.changed(entry.id);
  }

  #shippedBook(id: string, settings: ServerSettings): PinBook | undefined {
    const name = 'package' in settings ? settings.package : undefined;
    const shipped = name === undefined ? undefined : this.#shipped[name];
    return isStoredServerPins(shipped) ? openBook(id, { ...shipped, server: id }) : undefined;
  }
}

function openBook(id: string, stored: unknown): PinBook {
  const book = isStoredServerPins(stored) && stored.server === id ? PinBook.open(stored) : undefined;
  if (book?.ok) return book.value;
  throw new CodedError('PINS_NOT_GENUINE', `The stored review of ${id} was changed outside Wardmesh.`, {
    hint: 'Restore the home from a backup, or review the server again: ward servers pin.',
  });
}

function unreviewed(offered: readonly ToolDefinition[]): PinComparison {
  const names = offered.map((tool) => tool.name);
  return { unchanged: [], added: names, removed: [], changed: [], quarantined: names };
}

function definitionsOf(entry: ServerEntry): ToolDefinition[] {
  return Object.values(entry.book?.pins.tools ?? {}).map((tool) => tool.definition as JsonObject & { name: string });
}

function offeredOrPinned(entry: ServerEntry): readonly ToolDefinition[] {
  return entry.offered.length > 0 ? entry.offered : definitionsOf(entry);
}
