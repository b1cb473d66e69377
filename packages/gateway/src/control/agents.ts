import type { Gateway } from '../gateway.ts';
import type { ControlRouter } from './router.ts';

export function agentRoutes(router: ControlRouter, gateway: Gateway): void {
  const { agents } = gateway.services;
  router.on('GET', '/v1/agents', () => ({
    agents: agents.list().map(({ tokenHash: _hash, ...agent }) => agent),
  }));
  router.on('POST', '/v1/agents', async ({ body }) => {
    const roles = Array.isArray(body.roles) ? body.roles.map(String) : undefined;
    const id = String(body.id ?? '');
    const token = await agents.add(id, {
      ...(typeof body.name === 'string' && { name: body.name }),
      ...(roles && { roles }),
    });
    gateway.journal.record('agent.add', { agent: id, roles: roles ?? ['agent'] }, 'success', 'user');
    return { id, token };
  });
  router.on('DELETE', '/v1/agents/:id', async ({ parameters }) => {
    const id = parameters.id!;
    await agents.revoke(id);
    // In force for open sessions and streams too.
    await gateway.sessions.sweep((principal) => principal === id);
    gateway.journal.record('agent.revoke', { agent: id }, 'success', 'user');
    return { id, revoked: true };
  });
}
