import type { JsonObject } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { describeUpstream } from './describe.ts';
import type { Upstream } from './port.ts';
import { stdioUpstream } from './stdio/stdio-upstream.ts';
import { launchNode, RAW_SERVER } from './testing/launch.ts';

const EVERYTHING = new URL(import.meta.resolve('@modelcontextprotocol/server-everything/dist/index.js')).pathname;

function stdio(script: string, ...args: string[]): Upstream {
  return stdioUpstream({
    id: 'described',
    shared: false,
    profile: 'none',
    clientInfo: { name: 'ward', version: '0' },
    launch: () => launchNode(script, ...args),
  });
}

/** An upstream whose every list answers with what the test wants. */
function fake(answer: (page: number) => JsonObject): Upstream {
  let page = 0;
  const facts = {
    era: 'session',
    revision: '2025-11-25',
    capabilities: { tools: {} },
    info: { name: 'f', version: '1' },
  } as const;
  return {
    id: 'fake',
    profile: 'none',
    attach: async () => ({
      facts,
      request: async ({ message }) => ({
        message: { jsonrpc: '2.0', id: message.id, result: answer(page++) },
        bytes: 0,
      }),
      notify: async () => {},
      close: async () => {},
    }),
    status: () => ({ state: 'ready', processes: 0, restarts: 0, sandbox: 'none' }),
    close: async () => {},
  };
}

describe('describing an upstream', () => {
  it('reads every page of every list', async () => {
    const upstream = stdio(RAW_SERVER);
    const description = await describeUpstream(upstream);
    await upstream.close();
    expect(description.tools.length).toBeGreaterThan(20);
    expect(new Set(description.tools.map(({ name }) => name)).size).toBe(description.tools.length);
    expect(description.facts.info).toEqual({ name: 'raw', version: '1' });
    expect([description.prompts, description.resources, description.resourceTemplates]).toEqual([[], [], []]);
  });

  it('describes server-everything', async () => {
    const upstream = stdio(EVERYTHING, 'stdio');
    const description = await describeUpstream(upstream);
    await upstream.close();
    expect(description.tools.map(({ name }) => name)).toContain('echo');
    expect(description.prompts.length).toBeGreaterThan(0);
    expect(description.resources.length).toBeGreaterThan(0);
    expect(description.resourceTemplates.length).toBeGreaterThan(0);
  });

  it.each([
    ['a cursor that repeats', () => ({ tools: [], nextCursor: 'same' })],
    ['pages without end', (page: number) => ({ tools: [], nextCursor: String(page) })],
    ['entries without end', (page: number) => ({ tools: Array(4_000).fill({ name: 'x' }), nextCursor: String(page) })],
    ['no list', () => ({ tools: {} })],
    ['entries that are no objects', () => ({ tools: [1] })],
  ])('refuses %s', async (_what, answer) => {
    await expect(describeUpstream(fake(answer))).rejects.toMatchObject({ code: 'UPSTREAM_PROTOCOL' });
  });
});
