import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { ToolDefinition } from '@wardmesh/guard';
import { pinOrNone } from '../catalogue/pin-or-none.ts';
import type { Services } from '../services.ts';
import { policyTool } from './authorise.ts';
import type { Call, Principal } from './call.ts';

/**
 * Cuts a server's `tools/list` to what is reviewed, unchanged and visible to the principal: the same decision that a call
 * would meet. What else was offered is noted, so that the operator hears of it.
 */
export function filterList(call: Call, services: Services, result: JsonObject): JsonObject {
  if (call.request.method === 'server/discover') return discovered(call, services, result);
  if (call.request.method !== 'tools/list' || call.attached === undefined || call.target.kind === 'gateway')
    return result;
  const { tools } = result;
  if (!Array.isArray(tools)) return result;
  const { attached } = call;
  const { server } = attached;
  attached.seen(tools);
  const visible = tools.filter(
    (tool) => isJsonObject(tool) && isVisible(services, call.principal, server, tool as ToolDefinition),
  );
  return visible.length === tools.length ? result : { ...result, tools: visible };
}

/** What a server says of itself, without instructions that nobody reviewed. */
function discovered(call: Call, services: Services, result: JsonObject): JsonObject {
  if (call.attached === undefined || services.catalogue.server(call.attached.server)?.book !== undefined) return result;
  const { instructions: _unseen, ...rest } = result;
  return rest;
}

/** Whether a tool, as offered now, may be shown to a principal. */
export function isVisible(services: Services, principal: Principal, server: string, offered: ToolDefinition): boolean {
  const tool = services.catalogue.tool(server, offered.name);
  if (tool === undefined || pinOrNone(offered) !== tool.pin) return false;
  return services.policy().visible({ id: principal.id, roles: principal.roles }, policyTool(tool));
}
