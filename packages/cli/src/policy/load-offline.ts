import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isJsonObject, type Result } from '@wardmesh/core';
import type { Home } from '@wardmesh/gateway';
import { isStoredServerPins } from '@wardmesh/guard';
import { type CatalogueServer, PolicyEngine, type PolicyFile, type PolicyProblem } from '@wardmesh/policy';
import { shippedPins } from '../defaults/shipped-pins.ts';
import { cliError } from '../error.ts';

/**
 * The policies of a home as its gateway would load them: validated against the tools that were reviewed, here or by us
 * for the servers we ship. @throws CodedError FILE_UNREADABLE
 */
export async function loadOffline(home: Home): Promise<Result<PolicyEngine, readonly PolicyProblem[]>> {
  const roles = new Set(['agent', ...home.agents.list().flatMap((agent) => agent.roles)]);
  return PolicyEngine.load(readFiles(home.config.policies), { roles: [...roles], servers: await reviewed(home) });
}

async function reviewed(home: Home): Promise<CatalogueServer[]> {
  const shipped = await shippedPins();
  const servers: CatalogueServer[] = [];
  for (const [id, settings] of Object.entries(home.config.servers)) {
    const name = 'package' in settings ? settings.package : undefined;
    const pins: unknown = (await home.database.pins.load(id)) ?? (name === undefined ? undefined : shipped[name]);
    const tools = isStoredServerPins(pins) ? Object.entries(pins.tools) : [];
    servers.push({
      id,
      tools: tools.map(([tool, { definition }]) => ({
        name: tool,
        inputSchema: isJsonObject(definition.inputSchema) ? definition.inputSchema : {},
      })),
    });
  }
  return servers;
}

function readFiles(folder: string): PolicyFile[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.cedar') && !name.startsWith('.'));
    return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  } catch (cause) {
    throw cliError('FILE_UNREADABLE', `the policies in ${folder} cannot be read`, {
      hint: 'ward init writes a default policy.',
      cause,
    });
  }
}
