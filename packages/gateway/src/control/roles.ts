import { CodedError } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import type { ControlRouter } from './router.ts';

/** Roles for the home's operator, whose key signs the first grant and may end any. */
export function roleRoutes(router: ControlRouter, gateway: Gateway): void {
  const { people } = gateway.home;
  router.on('GET', '/v1/roles', () => ({
    operator: people.operator,
    grants: people.grants(),
    matrix: people.matrix(),
  }));
  router.on('POST', '/v1/roles/prepare', ({ body }) => {
    if (body.act !== 'grant' && body.act !== 'revoke') throw new CodedError('ROLE_INVALID', 'act is grant or revoke.');
    return people.prepare(people.operator, {
      act: body.act,
      subject: String(body.subject ?? ''),
      role: String(body.role ?? ''),
      ...(typeof body.expiresAt === 'number' && { expiresAt: body.expiresAt }),
    });
  });
  router.on('POST', '/v1/roles/commit', async ({ body }) => {
    const event = await people.commit(people.operator, String(body.draftId ?? ''), {
      signature: String(body.signature ?? ''),
    });
    gateway.journal.record(`role.${event.type}`, { ...event }, 'success', 'user');
    return { grants: people.grants() };
  });
}
