import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { readParamHeaders } from '@wardmesh/guard';
import { classify } from '@wardmesh/policy';
import { holdsSigner, type ServerSettings, type WardConfig } from '../config/index.ts';
import type { CatalogueTool } from '../pipeline/call.ts';
import { compileChecks } from './argument-checks.ts';

/** A reviewed tool with what configuration says of it; class and reach come from its pinned annotations otherwise. */
export function catalogueTool(
  server: string,
  settings: ServerSettings,
  config: WardConfig,
  pinned: { readonly pin: string; readonly definition: JsonObject },
): CatalogueTool {
  const { definition, pin } = pinned;
  const name = definition.name as string;
  const own = Object.hasOwn(settings.tools, name) ? settings.tools[name] : undefined;
  const annotations = isJsonObject(definition.annotations) ? definition.annotations : {};
  const kind = classify({ configured: own?.class, annotations, pinned: true });
  const headers = isJsonObject(definition.inputSchema) ? readParamHeaders(definition.inputSchema) : undefined;
  return {
    server,
    name,
    pin,
    definition,
    toolClass: kind.class,
    tier: own?.tier ?? kind.tier,
    outward: own?.outward ?? annotations.openWorldHint !== false,
    signer: holdsSigner(settings),
    labels: own?.labels ?? settings.labels,
    runChecks: compileChecks(own?.checks ?? {}),
    timeoutMs: settings.timeout ?? config.limits.timeout,
    paramHeaders: headers?.ok ? headers.value : [],
  };
}
