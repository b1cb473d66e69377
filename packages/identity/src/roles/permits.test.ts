import { PolicyEngine } from '@wardmesh/policy';
import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cedarEntities, rolesOf } from './cedar.ts';
import { extentOf, PERMISSIONS, type Permission, ROLES, type Role, SELF_FORBIDDEN } from './matrix.ts';
import { type Actor, permits } from './permits.ts';

const ME = 'person-1';
const actor = (...roles: readonly Role[]): Actor => ({
  identities: [ME, 'eip155:1:0xme'],
  grants: roles.map((role) => ({ role, scope: '*' })),
});
const allowed = (role: Role): Permission[] => PERMISSIONS.filter((each) => extentOf(each, role) !== undefined);

const role = fc.constantFrom(...ROLES);
const permission = fc.constantFrom(...PERMISSIONS);
const roles = fc.uniqueArray(role);
const target = fc.record(
  {
    owners: fc.subarray([ME, 'eip155:1:0xme', 'person-2']),
    scope: fc.constantFrom('server:files', 'server:mail'),
  },
  { requiredKeys: [] },
);

describe('the matrix', () => {
  verifies('CM-RBAC-1');

  it('is as granted: every cell, on one’s own, on another’s and on nobody’s', () => {
    for (const each of PERMISSIONS) {
      for (const one of ROLES) {
        const extent = extentOf(each, one);
        const on = (owners?: readonly string[]) => permits(actor(one), each, owners ? { owners } : {}).allowed;
        expect([each, one, on(['person-2']), on([])]).toEqual([each, one, extent === 'any', extent === 'any']);
        expect([each, one, on([ME])]).toEqual([each, one, extent !== undefined && !SELF_FORBIDDEN.has(each)]);
      }
    }
  });

  it('gives nothing to nobody, and something to every role', () => {
    for (const each of PERMISSIONS) expect(permits(actor(), each)).toEqual({ allowed: false, reason: 'no role' });
    for (const one of ROLES) expect(allowed(one).length).toBeGreaterThan(0);
    for (const each of PERMISSIONS) expect(ROLES.some((one) => extentOf(each, one) !== undefined)).toBe(true);
  });

  it('is least privilege where it matters', () => {
    const only = (each: Permission) => ROLES.filter((one) => extentOf(each, one) !== undefined);
    expect(only('role:grant')).toEqual(['admin']);
    expect(only('role:revoke')).toEqual(['admin']);
    expect(only('listing:review')).toEqual(['reviewer']);
    expect(only('approval:decide')).toEqual(['admin', 'operator']);
    expect(only('key:rotate')).toEqual(['admin', 'operator']);
    expect(only('tool:call')).toEqual(['consumer', 'agent']);
    expect(only('listing:publish')).toEqual(['author']);
    const changes = /:(manage|decide|grant|revoke|publish|withdraw|review|install|run|call|write|rotate|stop|anchor)$/;
    expect(allowed('auditor').filter((each) => changes.test(each))).toEqual(['person:manage', 'session:revoke']);
    expect(allowed('agent').filter((each) => changes.test(each))).toEqual(['tool:call']);
    expect(extentOf('person:manage', 'auditor')).toBe('own');
    expect(extentOf('session:revoke', 'auditor')).toBe('own');
  });
});

describe('roles', () => {
  verifies('CM-RBAC-1');

  it('only add: with one more, nothing is taken away', () => {
    fc.assert(
      fc.property(roles, role, permission, target, (held, more, each, what) => {
        if (permits(actor(...held), each, what).allowed) {
          expect(permits(actor(...held, more), each, what).allowed).toBe(true);
        }
      }),
    );
  });

  it('allow together what one of them allows, and no more', () => {
    fc.assert(
      fc.property(roles, permission, target, (held, each, what) => {
        const any = held.some((one) => permits(actor(one), each, what).allowed);
        expect(permits(actor(...held), each, what).allowed).toBe(any);
      }),
    );
  });

  it('limited to a scope reach nothing else', () => {
    fc.assert(
      fc.property(roles, permission, target, (held, each, what) => {
        const limited: Actor = {
          identities: [ME],
          grants: held.map((one) => ({ role: one, scope: 'server:files' })),
        };
        const permit = permits(limited, each, what);
        if (permit.allowed) expect(what.scope).toBe('server:files');
      }),
    );
  });
});

describe('one’s own listing', () => {
  verifies('CM-RBAC-3');

  it('is never reviewed by oneself, whatever roles one holds and under whatever wallet one published', () => {
    fc.assert(
      fc.property(roles, fc.constantFrom(ME, 'eip155:1:0xme'), (held, owner) => {
        const permit = permits(actor('reviewer', ...held), 'listing:review', { owners: [owner] });
        expect(permit).toEqual({ allowed: false, reason: 'own' });
      }),
    );
  });

  it('is not reviewed by one of its several authors either', () => {
    const permit = permits(actor('reviewer'), 'listing:review', { owners: ['person-2', ME] });
    expect(permit.allowed).toBe(false);
  });

  it('is not reviewed under the same address on another chain', () => {
    const reviewer: Actor = { identities: ['eip155:10:0xme'], grants: [{ role: 'reviewer', scope: '*' }] };
    const on = (owner: string) => permits(reviewer, 'listing:review', { owners: [owner] }).allowed;
    expect(on('eip155:1:0xme')).toBe(false);
    expect([on('eip155:1:0xother'), on('sui:mainnet:0xme')]).toEqual([true, true]);
    // It forbids, and allows nothing: that address may be another's there.
    const author: Actor = { identities: ['eip155:10:0xme'], grants: [{ role: 'author', scope: '*' }] };
    expect(permits(author, 'listing:publish', { owners: ['eip155:1:0xme'] }).allowed).toBe(false);
  });

  it('of another is: the control', () => {
    expect(permits(actor('reviewer'), 'listing:review', { owners: ['person-2'] })).toEqual({
      allowed: true,
      role: 'reviewer',
      extent: 'any',
    });
  });

  it('has its like in approvals: who asks does not approve', () => {
    expect(permits(actor('admin', 'operator'), 'approval:decide', { owners: [ME] }).allowed).toBe(false);
  });
});

describe('Cedar', () => {
  it('decides by the same roles', () => {
    const text = 'permit(principal in Ward::Role::"operator", action == Ward::Action::"call", resource);';
    const catalogue = {
      servers: [{ id: 'files', tools: [{ name: 'read', inputSchema: { type: 'object' } }] }],
      roles: [...ROLES],
    };
    const engine = PolicyEngine.load([{ name: 'roles.cedar', text }], catalogue);
    if (!engine.ok) throw new Error(JSON.stringify(engine.error));
    for (const one of ROLES) {
      const decision = engine.value.decide({
        principal: { id: ME, roles: rolesOf(actor(one).grants) },
        action: 'call',
        resource: {
          kind: 'tool',
          server: 'files',
          name: 'read',
          class: 'read_only',
          outward: false,
          labels: [],
          quarantined: false,
        },
        sandboxed: true,
        now: 0,
      });
      expect([one, decision.effect]).toEqual([one, one === 'operator' ? 'allow' : 'deny']);
    }
  });

  it('sees a principal in each of its unlimited roles, and in no limited one', () => {
    const grants = [
      { role: 'operator', scope: '*' },
      { role: 'auditor', scope: '*' },
      { role: 'operator', scope: '*' },
      { role: 'admin', scope: 'server:files' },
    ] as const;
    const roles = [
      { type: 'Ward::Role', id: 'auditor' },
      { type: 'Ward::Role', id: 'operator' },
    ];
    expect(cedarEntities(ME, grants)).toEqual([
      { uid: { type: 'Ward::Agent', id: ME }, attrs: { name: ME, roles: ['auditor', 'operator'] }, parents: roles },
      ...roles.map((uid) => ({ uid, attrs: {}, parents: [] })),
    ]);
  });
});
