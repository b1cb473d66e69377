import type { Catalogue, PolicyQuery, Resource } from './model.ts';

/** Two servers as the tests know them. */
export const CATALOGUE: Catalogue = {
  roles: ['ops'],
  servers: [
    {
      id: 'files',
      tools: [
        {
          name: 'write_file',
          inputSchema: {
            type: 'object',
            properties: {
              path: { type: 'string' },
              mode: { enum: ['append', 'replace'] },
              size: { type: 'integer' },
              force: { type: ['boolean', 'null'] },
              tags: { type: 'array', items: { type: 'string' } },
              ratio: { type: 'number' },
              options: { type: 'object' },
              id: { type: 'string' },
            },
          },
        },
      ],
    },
    {
      id: 'bank',
      tools: [
        {
          name: 'send',
          inputSchema: { type: 'object', properties: { amount: { type: 'integer' }, id: { type: 'integer' } } },
        },
      ],
    },
  ],
};

export type ToolResource = Extract<Resource, { kind: 'tool' }>;

export function tool(more: Partial<ToolResource> = {}): ToolResource {
  return {
    kind: 'tool',
    server: 'files',
    name: 'write_file',
    class: 'sensitive',
    outward: false,
    labels: [],
    quarantined: false,
    ...more,
  };
}

export function query(more: Partial<PolicyQuery> = {}): PolicyQuery {
  return {
    principal: { id: 'bob', roles: ['agent'] },
    action: 'call',
    resource: tool(),
    sandboxed: true,
    now: Date.UTC(2026, 0, 5, 12),
    ...more,
  };
}
