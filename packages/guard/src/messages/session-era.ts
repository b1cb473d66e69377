import * as mcp from '@modelcontextprotocol/core';
import * as z from 'zod';
import type { DirectionSchemas, EraSchemas } from './schemas.ts';

// The core package exports one set of schemas for both eras: its requests are those of 2025-11-25. What 2025-06-18 did
// not have yet (tasks, URL elicitation, sampling with tools) is taken out here.

const meta = { _meta: mcp.RequestMetaSchema.optional() };
const bare = z.object(meta);
const page = mcp.PaginatedRequestParamsSchema;
const anyResult = mcp.ResultSchema;
// The SDK writes `.default([])`, which would let a result without content pass; the specification requires it.
const callResult = mcp.CallToolResultSchema.extend({ content: z.array(mcp.ContentBlockSchema) });
const untasked = { tools: true, toolChoice: true, task: true } as const;

const clientRequests2025: DirectionSchemas['requests'] = {
  initialize: { params: openCapabilities(mcp.InitializeRequestParamsSchema), result: mcp.InitializeResultSchema },
  ping: { params: bare.optional(), result: anyResult },
  'tools/list': { params: page.optional(), result: mcp.ListToolsResultSchema },
  'tools/call': { params: mcp.CallToolRequestParamsSchema.omit({ task: true }), result: callResult },
  'resources/list': { params: page.optional(), result: mcp.ListResourcesResultSchema },
  'resources/templates/list': { params: page.optional(), result: mcp.ListResourceTemplatesResultSchema },
  'resources/read': { params: mcp.ReadResourceRequestParamsSchema, result: mcp.ReadResourceResultSchema },
  'resources/subscribe': { params: mcp.SubscribeRequestParamsSchema, result: anyResult },
  'resources/unsubscribe': { params: mcp.UnsubscribeRequestParamsSchema, result: anyResult },
  'prompts/list': { params: page.optional(), result: mcp.ListPromptsResultSchema },
  'prompts/get': { params: mcp.GetPromptRequestParamsSchema, result: mcp.GetPromptResultSchema },
  'completion/complete': { params: mcp.CompleteRequestParamsSchema, result: mcp.CompleteResultSchema },
  'logging/setLevel': { params: mcp.SetLevelRequestParamsSchema, result: anyResult },
};

const serverRequests2025: DirectionSchemas['requests'] = {
  ping: { params: bare.optional(), result: anyResult },
  'roots/list': { params: bare.optional(), result: mcp.ListRootsResultSchema },
  'sampling/createMessage': {
    params: mcp.CreateMessageRequestParamsSchema.omit(untasked),
    result: mcp.CreateMessageResultSchema,
  },
  'elicitation/create': {
    params: mcp.ElicitRequestFormParamsSchema.omit({ mode: true, task: true }),
    result: mcp.ElicitResultSchema,
  },
};

const clientNotifications: DirectionSchemas['notifications'] = {
  'notifications/initialized': bare.optional(),
  'notifications/cancelled': mcp.CancelledNotificationParamsSchema,
  'notifications/progress': mcp.ProgressNotificationParamsSchema,
  'notifications/roots/list_changed': bare.optional(),
};

const serverNotifications: DirectionSchemas['notifications'] = {
  'notifications/cancelled': mcp.CancelledNotificationParamsSchema,
  'notifications/progress': mcp.ProgressNotificationParamsSchema,
  'notifications/message': mcp.LoggingMessageNotificationParamsSchema,
  'notifications/resources/updated': mcp.ResourceUpdatedNotificationParamsSchema,
  'notifications/resources/list_changed': bare.optional(),
  'notifications/tools/list_changed': bare.optional(),
  'notifications/prompts/list_changed': bare.optional(),
};

// 2025-11-25 §Tasks: either side may ask the other for the state of a task it started there.
const taskParams = z.object({ ...meta, taskId: z.string() });
const taskRequests: DirectionSchemas['requests'] = {
  'tasks/get': { params: taskParams, result: mcp.GetTaskResultSchema },
  'tasks/result': { params: taskParams, result: mcp.GetTaskPayloadResultSchema },
  'tasks/list': { params: page.optional(), result: mcp.ListTasksResultSchema },
  'tasks/cancel': { params: taskParams, result: mcp.CancelTaskResultSchema },
};
const taskStatus = { 'notifications/tasks/status': mcp.TaskStatusNotificationParamsSchema };

function orTask(result: z.ZodType): z.ZodType {
  return z.union([result, mcp.CreateTaskResultSchema]);
}

/** Capabilities are not a closed set (MCP §Lifecycle): a peer may declare its own. */
function openCapabilities(params: typeof mcp.InitializeRequestParamsSchema): z.ZodType {
  return params.extend({ capabilities: z.looseObject({}), clientInfo: z.looseObject(mcp.ImplementationSchema.shape) });
}

export const SESSION_2025_06_18: EraSchemas = {
  client: { requests: clientRequests2025, notifications: clientNotifications },
  server: { requests: serverRequests2025, notifications: serverNotifications },
};

export const SESSION_2025_11_25: EraSchemas = {
  client: {
    requests: {
      ...clientRequests2025,
      'tools/call': { params: mcp.CallToolRequestParamsSchema, result: orTask(callResult) },
      ...taskRequests,
    },
    notifications: { ...clientNotifications, ...taskStatus },
  },
  server: {
    requests: {
      ...serverRequests2025,
      'sampling/createMessage': {
        params: mcp.CreateMessageRequestParamsSchema,
        result: orTask(mcp.CreateMessageResultWithToolsSchema),
      },
      'elicitation/create': { params: mcp.ElicitRequestParamsSchema, result: orTask(mcp.ElicitResultSchema) },
      ...taskRequests,
    },
    notifications: {
      ...serverNotifications,
      ...taskStatus,
      'notifications/elicitation/complete': mcp.ElicitationCompleteNotificationParamsSchema,
    },
  },
};
