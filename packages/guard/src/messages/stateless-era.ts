import * as mcp from '@modelcontextprotocol/core';
import * as z from 'zod';
import {
  META_CLIENT_CAPABILITIES,
  META_CLIENT_INFO,
  META_LOG_LEVEL,
  META_PROTOCOL_VERSION,
  META_SUBSCRIPTION_ID,
} from './revisions.ts';
import type { EraSchemas, RequestSchemas } from './schemas.ts';

// The core package's own tool, result and request schemas are those of 2025-11-25; the shapes below are what 2026-07-28
// changed, composed from its building blocks where those are the same in both.

const implementation = z.looseObject(mcp.ImplementationSchema.shape);
const requestMeta = z.looseObject({
  progressToken: mcp.ProgressTokenSchema.optional(),
  [META_PROTOCOL_VERSION]: z.string(),
  [META_CLIENT_CAPABILITIES]: z.looseObject({}),
  [META_CLIENT_INFO]: implementation.optional(),
  [META_LOG_LEVEL]: mcp.LoggingLevelSchema.optional(),
});
const notificationMeta = z.looseObject({ [META_SUBSCRIPTION_ID]: mcp.RequestIdSchema.optional() });

function params(shape: z.ZodRawShape = {}): z.ZodType {
  return z.object({ _meta: requestMeta, ...shape });
}

function notice(shape: z.ZodRawShape = {}): z.ZodType {
  return z.object({ _meta: notificationMeta.optional(), ...shape });
}

function result(shape: z.ZodRawShape = {}): z.ZodType {
  return z.looseObject({ _meta: z.looseObject({}).optional(), resultType: z.literal('complete'), ...shape });
}

const cached = { ttlMs: z.number().int().min(0), cacheScope: z.enum(['public', 'private']) };
const cursor = { nextCursor: mcp.CursorSchema.optional() };

const tool = z.object({
  ...mcp.BaseMetadataSchema.shape,
  ...mcp.IconsSchema.shape,
  description: z.string().optional(),
  inputSchema: z.looseObject({ $schema: z.string().optional(), type: z.literal('object') }),
  outputSchema: z.looseObject({ $schema: z.string().optional() }).optional(),
  annotations: mcp.ToolAnnotationsSchema.optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});

// Multi round-trip requests (SEP-2322): the three former server-to-client requests travel inside a result.
const inputRequest = z.union([
  z.object({ method: z.literal('elicitation/create'), params: elicitation() }),
  z.object({ method: z.literal('sampling/createMessage'), params: sampling() }),
  z.object({ method: z.literal('roots/list'), params: z.looseObject({}).optional() }),
]);
const inputResponse = z.union([
  mcp.ElicitResultSchema,
  mcp.CreateMessageResultWithToolsSchema,
  mcp.ListRootsResultSchema,
]);
const retry = {
  inputResponses: z.record(z.string(), inputResponse).optional(),
  requestState: z.string().optional(),
};
const someInput = {
  _meta: z.looseObject({}).optional(),
  resultType: z.literal('input_required'),
};
// At least one of the two (SEP-2322): an empty one would make a client repeat the call for ever.
const inputRequired = z.union([
  z.looseObject({
    ...someInput,
    inputRequests: z.record(z.string(), inputRequest),
    requestState: z.string().optional(),
  }),
  z.looseObject({ ...someInput, requestState: z.string() }),
]);

function elicitation(): z.ZodType {
  const form = mcp.ElicitRequestFormParamsSchema.omit({ task: true });
  const url = mcp.ElicitRequestURLParamsSchema.omit({ task: true, elicitationId: true });
  return z.union([form, url]);
}

function sampling(): z.ZodType {
  return mcp.CreateMessageRequestParamsSchema.omit({ task: true }).extend({ tools: z.array(tool).optional() });
}

function orInput(complete: z.ZodType): z.ZodType {
  return z.union([complete, inputRequired]);
}

const contents = z.array(z.union([mcp.TextResourceContentsSchema, mcp.BlobResourceContentsSchema]));
const page = { cursor: mcp.CursorSchema.optional() };
const filter = { notifications: mcp.SubscriptionFilterSchema };

const requests: Readonly<Record<string, RequestSchemas>> = {
  'server/discover': {
    params: params(),
    // Lenient in the cache fields as the SDK is: a wrong one means "do not cache", not "no server".
    result: result({
      supportedVersions: z.array(z.string()),
      capabilities: z.looseObject({}),
      instructions: z.string().optional(),
    }),
  },
  'tools/list': { params: params(page), result: result({ ...cached, ...cursor, tools: z.array(tool) }) },
  'tools/call': {
    params: params({ name: z.string(), arguments: z.record(z.string(), z.unknown()).optional(), ...retry }),
    result: orInput(
      result({
        content: z.array(mcp.ContentBlockSchema),
        structuredContent: z.unknown().optional(),
        isError: z.boolean().optional(),
      }),
    ),
  },
  'resources/list': {
    params: params(page),
    result: result({ ...cached, ...cursor, resources: z.array(mcp.ResourceSchema) }),
  },
  'resources/templates/list': {
    params: params(page),
    result: result({ ...cached, ...cursor, resourceTemplates: z.array(mcp.ResourceTemplateSchema) }),
  },
  'resources/read': { params: params({ uri: z.string(), ...retry }), result: orInput(result({ ...cached, contents })) },
  'prompts/list': {
    params: params(page),
    result: result({ ...cached, ...cursor, prompts: z.array(mcp.PromptSchema) }),
  },
  'prompts/get': {
    params: params({ name: z.string(), arguments: z.record(z.string(), z.string()).optional(), ...retry }),
    result: orInput(result({ description: z.string().optional(), messages: z.array(mcp.PromptMessageSchema) })),
  },
  'completion/complete': {
    params: params(mcp.CompleteRequestParamsSchema.omit({ _meta: true }).shape),
    result: result({ completion: mcp.CompleteResultSchema.shape.completion }),
  },
  'subscriptions/listen': {
    params: params(filter),
    result: result({ _meta: z.looseObject({ [META_SUBSCRIPTION_ID]: mcp.RequestIdSchema }) }),
  },
};

const cancelled = notice({ requestId: mcp.RequestIdSchema, reason: z.string().optional() });

export const STATELESS_2026_07_28: EraSchemas = {
  client: { requests, notifications: { 'notifications/cancelled': cancelled } },
  server: {
    requests: {},
    notifications: {
      'notifications/cancelled': cancelled,
      'notifications/progress': notice({ ...mcp.ProgressSchema.shape, progressToken: mcp.ProgressTokenSchema }),
      'notifications/message': notice({
        level: mcp.LoggingLevelSchema,
        logger: z.string().optional(),
        data: z.unknown(),
      }),
      'notifications/resources/updated': notice({ uri: z.string() }),
      'notifications/resources/list_changed': notice().optional(),
      'notifications/tools/list_changed': notice().optional(),
      'notifications/prompts/list_changed': notice().optional(),
      'notifications/subscriptions/acknowledged': notice(filter),
    },
  },
};
