import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { isFailure } from '../protocol/message.ts';
import { LATEST_SESSION } from '../protocol/revision.ts';
import { upstreamError } from './errors.ts';
import { MAX_LISTED, MAX_PAGES } from './limits.ts';
import type { Channel, ClientFacts, ServerFacts, Upstream } from './port.ts';

/** Everything a server offers, as it lists it. */
export interface UpstreamDescription {
  readonly facts: ServerFacts;
  readonly tools: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
}

export interface DescribeOptions {
  /** Whose child it is listed on. */
  readonly principal?: string;
  readonly clientInfo?: JsonObject;
  readonly signal?: AbortSignal;
  /** Told of `list_changed` between the lists, which makes a description stale at once. */
  readonly onChanged?: (method: string) => void;
}

/** All a client can declare, so that a server hides nothing; whatever it then asks is refused. */
const EVERY_CAPABILITY: JsonObject = {
  roots: { listChanged: true },
  sampling: { tools: {}, context: {} },
  elicitation: { form: {}, url: {} },
};

const LISTS = [
  ['tools', 'tools/list', 'tools'],
  ['prompts', 'prompts/list', 'prompts'],
  ['resources', 'resources/list', 'resources'],
  ['resourceTemplates', 'resources/templates/list', 'resources'],
] as const;

/**
 * Attaches with every client capability and reads all lists, page by page, for the catalogue.
 *
 * @throws UpstreamError; UPSTREAM_PROTOCOL for lists that are malformed or never end ({@link MAX_PAGES} pages,
 * {@link MAX_LISTED} entries, repeated cursors): a server that cannot be described is not offered.
 */
export async function describeUpstream(
  upstream: Upstream,
  options: DescribeOptions = {},
): Promise<UpstreamDescription> {
  const client: ClientFacts = {
    era: 'session',
    revision: LATEST_SESSION,
    capabilities: EVERY_CAPABILITY,
    info: options.clientInfo ?? { name: 'wardmesh', version: '0.1.0' },
  };
  const channel = await upstream.attach({
    principal: options.principal ?? 'catalogue',
    session: 'catalogue',
    client,
    notify: ({ method }) => {
      if (method.endsWith('/list_changed')) options.onChanged?.(method);
    },
    ask: async ({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Nobody is here to ask' } }),
    lost: () => {},
  });
  try {
    const lists: Partial<Record<(typeof LISTS)[number][0], readonly JsonObject[]>> = {};
    for (const [name, method, capability] of LISTS) {
      const isOffered = channel.facts.capabilities[capability] !== undefined;
      lists[name] = isOffered ? await listAll(channel, client, method, name, options.signal) : [];
    }
    return { facts: channel.facts, ...(lists as Required<typeof lists>) };
  } finally {
    await channel.close();
  }
}

async function listAll(
  channel: Channel,
  client: ClientFacts,
  method: string,
  member: string,
  signal = AbortSignal.timeout(30_000),
): Promise<readonly JsonObject[]> {
  const found: JsonObject[] = [];
  const seen = new Set<Json>();
  let cursor: Json | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { message } = await channel.request({
      message: { jsonrpc: '2.0', id: `${method} ${page}`, method, ...(cursor !== undefined && { params: { cursor } }) },
      client,
      signal,
      notify: () => {},
      ask: async ({ id }) => ({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Nobody is here to ask' } }),
    });
    if (isFailure(message)) {
      // A capability promises its lists, but templates came later and many servers leave them out.
      if (message.error.code === -32601) return found;
      throw malformed(method, 'an error');
    }
    const entries = message.result[member];
    if (!Array.isArray(entries) || !entries.every(isJsonObject)) throw malformed(method, 'something that is no list');
    found.push(...(entries as readonly JsonObject[]));
    if (found.length > MAX_LISTED) throw malformed(method, 'too many entries');
    cursor = message.result.nextCursor;
    if (cursor === undefined || cursor === null) return found;
    if (typeof cursor !== 'string' || seen.has(cursor)) throw malformed(method, 'a cursor that leads nowhere');
    seen.add(cursor);
  }
  throw malformed(method, 'too many pages');
}

function malformed(method: string, what: string) {
  return upstreamError('UPSTREAM_PROTOCOL', `the server answered ${method} with ${what}`);
}
