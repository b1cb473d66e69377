import type { JsonObject } from '@wardmesh/core';
import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { ENDPOINTS } from './endpoints/index.ts';

const toSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as JsonObject;
};

/** The OpenAPI 3.1 document of the API, from the schemas that the server checks with (CM-API-1). */
export function openApiDocument(version: string): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [operationId, endpoint] of Object.entries(ENDPOINTS) as [string, Endpoint][]) {
    const path = `/api${endpoint.path}`;
    paths[path] ??= {};
    paths[path][endpoint.method.toLowerCase()] = operation(operationId, endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Wardmesh gateway',
      version,
      description: 'Approvals, activity, receipts, servers, agents, wallets and roles of one gateway.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-ward', description: 'Set by session.create' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of this gateway' },
      },
      schemas: {
        Error: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            code: { type: 'string' },
            message: { type: 'string' },
            hint: { type: 'string' },
            correlationId: { type: 'string' },
            retryAfter: { type: 'integer' },
          },
        },
      },
    },
  } as JsonObject;
}

function operation(operationId: string, endpoint: Endpoint): JsonObject {
  const type = endpoint.stream === true ? 'text/event-stream' : 'application/json';
  return {
    operationId,
    summary: endpoint.summary,
    'x-permission': endpoint.permission,
    ...(endpoint.permission !== 'public' && { security: [{ session: [] }, { bearer: [] }] }),
    parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')],
    ...(endpoint.body !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: toSchema(endpoint.body, 'input') } } },
    }),
    responses: {
      '200': { description: 'Done', content: { [type]: { schema: toSchema(endpoint.answer, 'output') } } },
      default: {
        description: 'Refused or failed',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parameters(schema: z.ZodObject | undefined, place: 'path' | 'query'): JsonObject[] {
  if (schema === undefined) return [];
  return Object.entries(schema.shape).map(([name, part]) => ({
    name,
    in: place,
    required: place === 'path' || !(part as z.ZodType).safeParse(undefined).success,
    schema: toSchema(part as z.ZodType, 'input'),
  }));
}
