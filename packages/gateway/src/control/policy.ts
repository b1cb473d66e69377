import { CodedError, isJsonObject } from '@wardmesh/core';
import { explain, parseCases, testPolicies } from '@wardmesh/policy';
import type { Gateway } from '../gateway.ts';
import { loadPolicies, policyCatalogue } from '../home/policies.ts';
import { policyTool } from '../pipeline/authorise.ts';
import { splitName } from '../pipeline/names.ts';
import type { ControlRouter } from './router.ts';

export function policyRoutes(router: ControlRouter, gateway: Gateway): void {
  const { services, catalogue } = gateway;
  router.on('POST', '/v1/policy/check', () => {
    const roles = [...new Set(['agent', ...services.agents.list().flatMap((agent) => agent.roles)])];
    try {
      const engine = loadPolicies(gateway.config.policies, policyCatalogue(catalogue, roles));
      return { ok: true, version: engine.version, policies: engine.policies.map((policy) => policy.id), problems: [] };
    } catch (error) {
      if (error instanceof CodedError) return { ok: false, problems: error.details.problems ?? [error.toJSON()] };
      throw error;
    }
  });
  router.on('POST', '/v1/policy/explain', ({ body }) => {
    const name = splitName(String(body.tool ?? ''));
    const tool = name && catalogue.tool(name.server, name.name);
    if (!tool)
      throw new CodedError('TOOL_UNKNOWN', `There is no reviewed tool ${String(body.tool)}.`, {
        hint: 'ward servers list',
      });
    const id = String(body.principal ?? 'local');
    return explain(services.policy(), {
      principal: { id, roles: services.agents.find(id)?.roles ?? ['agent'] },
      action: 'call',
      resource: policyTool(tool),
      arguments: isJsonObject(body.arguments) ? body.arguments : {},
      sandboxed: catalogue.server(tool.server)?.upstream.profile !== 'none',
      now: services.clock.now(),
    });
  });
  router.on('POST', '/v1/policy/test', ({ body }) => {
    const cases = parseCases(body.cases as never);
    if (!cases.ok) throw new CodedError('CASES_INVALID', String(cases.error));
    return { results: testPolicies(services.policy(), cases.value) };
  });
}
