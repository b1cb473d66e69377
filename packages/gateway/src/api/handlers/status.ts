import { CodedError } from '@wardmesh/core';
import { explain } from '@wardmesh/policy';
import { describeServers } from '../../control/servers.ts';
import type { Gateway } from '../../gateway.ts';
import { policyTool } from '../../pipeline/authorise.ts';
import { splitName } from '../../pipeline/names.ts';
import type { Handlers } from '../handler.ts';

interface Alert {
  readonly level: 'info' | 'warn' | 'critical';
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

const CERTIFICATE_WARNING_MS = 14 * 86_400_000;

export const statusHandlers: Handlers<'status' | 'policies.list' | 'policies.explain'> = {
  status: async (_request, { gateway, wallets, version }) => {
    const { home, services } = gateway;
    return {
      version,
      node: services.nodeId,
      url: gateway.url,
      startedAt: gateway.startedAt,
      draining: gateway.draining,
      sessions: gateway.sessions.size,
      certificateExpires: gateway.tls?.notAfter ?? null,
      audit: {
        size: home.audit.size,
        origin: home.audit.origin,
        healthy: home.audit.state === 'open',
        verifiedAt: home.audit.verifiedAt ?? null,
      },
      policyVersion: services.policy().version,
      alerts: [...alertsOf(gateway), ...(await signerAlerts(wallets))],
    };
  },

  'policies.list': (_request, { gateway }) => {
    const engine = gateway.services.policy();
    return {
      version: engine.version,
      policies: engine.policies.map(({ id }) => ({ id })),
      problem: gateway.policyProblem?.message ?? null,
    };
  },

  'policies.explain': ({ body }, { gateway }) => {
    const { services, catalogue } = gateway;
    const name = splitName(body.tool);
    const tool = name && catalogue.tool(name.server, name.name);
    if (!tool) throw new CodedError('TOOL_UNKNOWN', `There is no reviewed tool ${body.tool}.`);
    const explained = explain(services.policy(), {
      principal: { id: body.principal, roles: services.agents.find(body.principal)?.roles ?? ['agent'] },
      action: 'call',
      resource: policyTool(tool),
      arguments: body.arguments as never,
      sandboxed: catalogue.server(tool.server)?.upstream.profile !== 'none',
      now: services.clock.now(),
    });
    return { ...explained };
  },
};

/** What an operator should look at, worst first. */
function alertsOf(gateway: Gateway): Alert[] {
  const { home, services } = gateway;
  const alerts: Alert[] = [];
  if (home.audit.state !== 'open') {
    alerts.push(
      alert('critical', 'AUDIT_UNAVAILABLE', 'The log cannot be written: no call is let through.', 'ward doctor'),
    );
  }
  if (gateway.policyProblem) {
    alerts.push(alert('critical', 'POLICY_REFUSED', gateway.policyProblem.message, 'ward policy check'));
  }
  for (const server of describeServers(gateway)) {
    if (server.quarantined > 0) {
      alerts.push(
        alert(
          'critical',
          'SERVER_DRIFT',
          `${server.id}: ${server.quarantined} tools changed since they were reviewed.`,
          'Compare them under Servers.',
        ),
      );
    }
    if (!server.reviewed) {
      alerts.push(
        alert(
          'info',
          'SERVER_NOT_REVIEWED',
          `${server.id} was never reviewed, so none of its tools runs.`,
          'Review it under Servers.',
        ),
      );
    }
    if (server.lastError !== undefined)
      alerts.push(alert('warn', 'SERVER_FAILED', `${server.id}: ${server.lastError}`, null));
    if (server.profile === 'none') {
      alerts.push(
        alert('warn', 'SERVER_NOT_CONTAINED', `${server.id} runs without a sandbox.`, 'Every receipt says so.'),
      );
    }
  }
  const expires = gateway.tls?.notAfter;
  if (expires !== undefined && expires - services.clock.now() < CERTIFICATE_WARNING_MS) {
    alerts.push(
      alert(
        'warn',
        'CERTIFICATE_EXPIRES',
        'The certificate expires within two weeks.',
        'Restart the gateway to renew it.',
      ),
    );
  }
  const order = { critical: 0, warn: 1, info: 2 };
  return alerts.sort((a, b) => order[a.level] - order[b.level]);
}

async function signerAlerts(wallets: { list(): Promise<unknown> } | undefined): Promise<Alert[]> {
  if (wallets === undefined) return [];
  try {
    await wallets.list();
    return [];
  } catch {
    return [
      alert('critical', 'SIGNER_UNAVAILABLE', 'The signer does not answer: nothing can be signed.', 'ward doctor'),
    ];
  }
}

function alert(level: Alert['level'], code: string, message: string, hint: string | null): Alert {
  return { level, code, message, hint };
}
