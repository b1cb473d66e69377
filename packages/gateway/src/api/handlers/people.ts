import type { Grant } from '@wardmesh/identity';
import type { Handlers } from '../handler.ts';

type Id = 'agents.list' | 'agents.add' | 'agents.revoke' | 'roles.list' | 'roles.prepare' | 'roles.commit';

export const peopleHandlers: Handlers<Id> = {
  'agents.list': (_request, { gateway }) => {
    const { agents, clock } = gateway.services;
    const rates = gateway.services.rates();
    return {
      agents: agents.list().map((agent) => ({
        id: agent.id,
        name: agent.name ?? null,
        roles: [...agent.roles],
        createdAt: agent.createdAt,
        revokedAt: agent.revokedAt ?? null,
        limits: rates
          .left(agent.id, clock.now())
          .map(({ tier, limit, remaining, window }) => ({ tier, limit, remaining, windowSeconds: window })),
      })),
    };
  },

  'agents.add': async ({ body, caller }, { gateway }) => {
    const { id, name, roles } = body;
    const token = await gateway.services.agents.add(id, { ...(name !== undefined && { name }), roles });
    gateway.journal.record('agent.add', { agent: id, roles, by: caller!.id }, 'success', 'user');
    return { id, token };
  },

  'agents.revoke': async ({ params, caller }, { gateway }) => {
    const { id } = params;
    await gateway.services.agents.revoke(id);
    await gateway.sessions.sweep((principal) => principal === id);
    gateway.journal.record('agent.revoke', { agent: id, by: caller!.id }, 'success', 'user');
    return { id, revoked: true };
  },

  'roles.list': ({ extent, caller }, { people }) => ({
    grants: people
      .grants()
      .filter(({ subject }) => extent === 'any' || subject === caller!.id)
      .map(toView),
    matrix: people.matrix(),
  }),

  'roles.prepare': ({ body, caller }, { people }) => {
    const { act, subject, role, expiresAt } = body;
    const { draftId, message } = people.prepare(caller!.id, {
      act,
      subject,
      role,
      ...(expiresAt !== undefined && { expiresAt }),
    });
    return { draftId, message };
  },

  'roles.commit': async ({ body, caller }, { people, gateway }) => {
    const { draftId, signature, publicKey } = body;
    const event = await people.commit(caller!.id, draftId, {
      signature,
      ...(publicKey !== undefined && { publicKey }),
    });
    gateway.journal.record(`role.${event.type}`, { ...event }, 'success', 'user');
    return { grants: people.grants().map(toView) };
  },
};

function toView({ id, subject, role, grantedBy, grantedAt, expires }: Grant) {
  return { id, subject, role, grantedBy, grantedAt, expiresAt: expires ?? null, revokedAt: null };
}
