import type { Gateway } from '../gateway.ts';
import { VERSION } from '../version.ts';
import type { ControlRouter } from './router.ts';
import { describeServers } from './servers.ts';

export function statusRoutes(router: ControlRouter, gateway: Gateway): void {
  const { home, services } = gateway;
  router.on('GET', '/v1/status', () => ({
    version: VERSION,
    pid: process.pid,
    node: services.nodeId,
    url: gateway.url,
    caFile: gateway.tls?.caFile ?? null,
    pin: gateway.tls?.pin ?? null,
    certificateExpires: gateway.tls?.notAfter ?? null,
    startedAt: gateway.startedAt,
    draining: gateway.draining,
    sessions: gateway.sessions.size,
    servers: describeServers(gateway),
    processes: gateway.beside.status(),
    shadowing: gateway.catalogue.shadowing,
    audit: {
      size: home.audit.size,
      origin: home.audit.origin,
      healthy: home.audit.state === 'open',
      verifiedAt: home.audit.verifiedAt,
    },
    recovery: home.recovery,
    policyVersion: services.policy().version,
    policyProblem: gateway.policyProblem?.toJSON() ?? null,
  }));
  router.on('POST', '/v1/reload', async () => {
    await gateway.reload();
    return { policyVersion: services.policy().version, servers: Object.keys(gateway.config.servers) };
  });
  router.on('GET', '/v1/metrics', async ({ response }) => {
    const { contentType, text } = await gateway.scraper.read();
    response.writeHead(200, { 'content-type': contentType }).end(text);
  });
  router.on('GET', '/v1/layers', () => ({
    calls: services.metrics.tracedCalls,
    microseconds: services.metrics.layerMicroseconds,
  }));
}
