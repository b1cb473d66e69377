import { verifies } from '@wardmesh/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW, MAX_ROLE_EVENT_AGE } from '../limits.ts';
import { xrplWallet } from '../sign-in/wallets.fixture.ts';
import { roleEventMessage, type SignedRoleEvent } from './event.ts';
import { HOME, MemoryRoleEvents, operatorSigner, type Signer, START, setUp, walletSigner } from './fixture.ts';
import { LocalGrants } from './local-grants.ts';
import { ROLES, type Role } from './matrix.ts';

const refusedFor = (reason: string) => expect.objectContaining({ code: 'IDENTITY_GRANT_REFUSED', details: { reason } });

describe('the first admin', () => {
  it('is made by the key of the home, and makes the others', async () => {
    verifies('CM-RBAC-1');
    const { grants, bootstrap, grant, admin, ada, rolesOf } = await setUp();
    expect(rolesOf(admin)).toEqual([]);
    await bootstrap();
    expect(rolesOf(admin)).toEqual(['admin']);
    await grants.change(await grant(admin, ada.by, 'reviewer'));
    expect(rolesOf(ada)).toEqual(['reviewer']);
    expect(grants.version()).toBe(2);
  });

  it.each<[string, Role, object]>([
    ['another role', 'operator', {}],
    ['a part of the home', 'admin', { scope: 'server:files' }],
  ])('is all that key grants: not %s', async (_what, role, changes) => {
    const { grants, grant, operator, ada } = await setUp();
    await expect(grants.change(await grant(operator, ada.by, role, changes))).rejects.toEqual(refusedFor('operator'));
  });

  it('is the only one that key makes, while there is one', async () => {
    const { grants, bootstrap, grant, revoke, operator, ada } = await setUp();
    await bootstrap();
    await expect(grants.change(await grant(operator, ada.by, 'admin'))).rejects.toEqual(refusedFor('operator'));
    // A home whose admin was taken over begins again.
    await grants.change(await revoke(operator, 'grant-0'));
    await grants.change(await grant(operator, ada.by, 'admin'));
    expect(grants.all().map(({ subject }) => subject)).toEqual([ada.by]);
  });

  it('is not made by the key of another home', async () => {
    const { grants, grant, ada } = await setUp();
    await expect(grants.change(await grant(operatorSigner(), ada.by, 'admin'))).rejects.toEqual(refusedFor('operator'));
  });
});

describe('a role change', () => {
  const scene = async () => {
    const all = await setUp();
    await all.bootstrap();
    return all;
  };

  it.each(ROLES.filter((role) => role !== 'admin'))('is not made by a wallet that is %s', async (role) => {
    verifies('CM-RBAC-1');
    const { grants, grant, admin, ada } = await scene();
    await grants.change(await grant(admin, ada.by, role));
    await expect(grants.change(await grant(ada, ada.by, 'admin'))).rejects.toEqual(refusedFor('not an admin'));
  });

  it('is not made by an admin of a part, of the past, or of another home', async () => {
    const { grants, grant, admin, ada, bob, clock } = await scene();
    await grants.change(await grant(admin, ada.by, 'admin', { scope: 'server:files' }));
    await expect(grants.change(await grant(ada, bob.by, 'author'))).rejects.toEqual(refusedFor('not an admin'));
    await grants.change(await grant(admin, bob.by, 'admin', { expires: clock.now() + 1_000 }));
    clock.pass(1_000);
    await expect(grants.change(await grant(bob, ada.by, 'author'))).rejects.toEqual(refusedFor('not an admin'));
    const foreign = await grant(admin, ada.by, 'author', { home: 'home-2' });
    await expect(grants.change(foreign)).rejects.toEqual(refusedFor('home'));
  });

  it('is worth nothing once its signer was revoked, however it is dated', async () => {
    const { grants, grant, revoke, admin, ada, bob, clock } = await scene();
    await grants.change(await grant(admin, ada.by, 'admin'));
    clock.pass(1_000);
    await grants.change(await revoke(admin, 'grant-1'));
    const late = await grant(ada, bob.by, 'admin', { time: clock.now() - 500 });
    await expect(grants.change(late)).rejects.toEqual(refusedFor('not an admin'));
  });

  it('is not dated back by an admin whose time is over', async () => {
    const { grants, grant, admin, ada, bob, clock } = await scene();
    await grants.change(await grant(admin, ada.by, 'admin', { expires: clock.now() + 1_000 }));
    const early = clock.now();
    clock.pass(2_000);
    const late = await grant(ada, bob.by, 'admin', { time: early });
    await expect(grants.change(late)).rejects.toEqual(refusedFor('not an admin'));
  });

  it('is signed over every member', async () => {
    const { grants, grant, admin, ada, bob } = await scene();
    const good = await grant(admin, ada.by, 'reviewer', { expires: START + 1e11 });
    const changes: Partial<SignedRoleEvent['event']>[] = [
      { subject: bob.by } as never,
      { role: 'admin' } as never,
      { scope: 'server:x' } as never,
      { id: 'another' } as never,
      { expires: START + 1e11 + 1 } as never,
      { time: good.event.time + 1 },
    ];
    for (const change of changes) {
      const event = { ...good.event, ...change } as SignedRoleEvent['event'];
      await expect(grants.change({ ...good, event })).rejects.toMatchObject({ code: 'IDENTITY_GRANT_REFUSED' });
    }
    const { expires: _dropped, ...forever } = good.event as Extract<SignedRoleEvent['event'], { type: 'grant' }>;
    await expect(grants.change({ ...good, event: forever })).rejects.toEqual(refusedFor('signature'));
    const forged: SignedRoleEvent = { event: good.event, proof: (await grant(bob, ada.by, 'reviewer')).proof };
    await expect(grants.change(forged)).rejects.toEqual(refusedFor('signature'));
    await expect(grants.change(good)).resolves.toBeUndefined();
  });

  it('works once, in its place only', async () => {
    const { grants, grant, admin, ada, bob } = await scene();
    const [first, second] = [await grant(admin, ada.by, 'author'), await grant(admin, bob.by, 'author')];
    await grants.change(first);
    await expect(grants.change(first)).rejects.toEqual(refusedFor('sequence'));
    await expect(grants.change(second)).rejects.toEqual(refusedFor('sequence'));
    const unchained = await grant(admin, bob.by, 'author', { previous: `sha256:${'0'.repeat(64)}` });
    await expect(grants.change(unchained)).rejects.toEqual(refusedFor('sequence'));
  });

  it('is fresh when it is handed in', async () => {
    const { grants, grant, admin, ada, clock } = await scene();
    const old = await grant(admin, ada.by, 'author');
    clock.pass(MAX_ROLE_EVENT_AGE + 1);
    await expect(grants.change(old)).rejects.toEqual(refusedFor('time'));
    const ahead = await grant(admin, ada.by, 'author', { time: clock.now() + CLOCK_SKEW + 1 });
    await expect(grants.change(ahead)).rejects.toEqual(refusedFor('time'));
    const { event, proof } = await grant(admin, ada.by, 'author');
    await expect(grants.change({ event: { ...event, time: Number.NaN }, proof })).rejects.toMatchObject({
      code: 'IDENTITY_GRANT_REFUSED',
    });
  });

  it('is not dated before the one it follows', async () => {
    const { grants, grant, admin, ada, clock } = await scene();
    const early = clock.now() - CLOCK_SKEW - 1;
    await expect(grants.change(await grant(admin, ada.by, 'author', { time: early }))).rejects.toEqual(
      refusedFor('time'),
    );
    // The control: clocks may differ by as much as this.
    await expect(grants.change(await grant(admin, ada.by, 'author', { time: early + 1 }))).resolves.toBeUndefined();
  });

  it('never leaves a home without an admin, unless its key says so', async () => {
    const { grants, revoke, grant, admin, ada } = await scene();
    await expect(grants.change(await revoke(admin, 'grant-0'))).rejects.toEqual(refusedFor('last admin'));
    await grants.change(await grant(admin, ada.by, 'admin'));
    await expect(grants.change(await revoke(admin, 'grant-0'))).resolves.toBeUndefined();
  });

  it.each<[string, object]>([
    ['a role we do not know', { role: 'root' }],
    ['an address in another spelling', { subject: 'eip155:1:0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed' }],
    ['a subject that is nobody', { subject: 'everyone' }],
    ['a wild card within a scope', { scope: 'server:*' }],
    ['a line feed in an id', { id: 'a\nTo: b' }],
    ['a member more', { note: 'x' }],
    ['an expiry before it begins', { expires: 1 }],
    ['an expiry in a thousand years', { expires: 1_700_000_000_000 + 1000 * 366 * 86_400_000 }],
    ['a taken id', { id: 'grant-0' }],
    ['another version', { v: 2 }],
  ])('is refused with %s', async (_what, changes) => {
    const { grants, grant, admin, ada } = await scene();
    await expect(grants.change(await grant(admin, ada.by, 'author', changes as never))).rejects.toMatchObject({
      code: 'IDENTITY_GRANT_REFUSED',
    });
  });

  it('shows what it does in the wallet', async () => {
    const { grant, revoke, admin } = await scene();
    const { event } = await grant(admin, 'agent:claude', 'agent', { scope: 'server:files' });
    expect(roleEventMessage(event).split('\n').slice(0, 9)).toEqual([
      'Wardmesh role change v1',
      '',
      `Home: ${HOME}`,
      'Grant: agent',
      'To: agent:claude',
      'Scope: server:files',
      'Expires: never',
      'Time: 2023-11-14T22:13:20.000Z',
      'Number: 1',
    ]);
    expect(roleEventMessage((await revoke(admin, 'grant-0')).event)).toContain('Revoke grant: grant-0');
  });
});

describe('a revoked grant', () => {
  verifies('CM-RBAC-1');

  it('is over at once, and those who listen hear of it', async () => {
    const { grants, bootstrap, grant, revoke, admin, ada, rolesOf } = await setUp();
    await bootstrap();
    await grants.change(await grant(admin, ada.by, 'operator'));
    const heard: number[] = [];
    grants.subscribe(() => {
      throw new Error('a listener that fails');
    });
    const stop = grants.subscribe((version) => heard.push(version));
    await grants.change(await revoke(admin, 'grant-1'));
    expect(rolesOf(ada)).toEqual([]);
    expect(heard).toEqual([3]);
    stop();
    await grants.change(await grant(admin, ada.by, 'author'));
    expect(heard).toEqual([3]);
  });

  it('is over in another process after its next look, and there is none without a look', async () => {
    const all = await setUp();
    const { store, rules, clock, grants, grant, revoke, admin, ada } = all;
    await all.bootstrap();
    await grants.change(await grant(admin, ada.by, 'operator'));
    const other = await LocalGrants.open({ store, rules, clock, staleAfter: 3_000 });
    expect(other.grantsOf([ada.by], clock.now())).toHaveLength(1);
    await grants.change(await revoke(admin, 'grant-1'));
    await other.refresh();
    expect(other.grantsOf([ada.by], clock.now())).toEqual([]);
    expect(other.grantsOf([admin.by], clock.now())).toHaveLength(1);
    store.fails = true;
    await expect(other.refresh()).rejects.toThrow('disk');
    clock.pass(3_000);
    expect(other.grantsOf([admin.by], clock.now())).toHaveLength(1);
    clock.pass(1);
    expect(other.grantsOf([admin.by], clock.now())).toEqual([]);
  });

  it('expires by itself, at the very millisecond', async () => {
    const { grants, bootstrap, grant, admin, ada, rolesOf, clock } = await setUp();
    await bootstrap();
    await grants.change(await grant(admin, ada.by, 'author', { expires: clock.now() + 1_000 }));
    clock.pass(999);
    expect(rolesOf(ada)).toEqual(['author']);
    clock.pass(1);
    expect(rolesOf(ada)).toEqual([]);
  });
});

describe('the stored log', () => {
  const filled = async () => {
    const all = await setUp();
    await all.bootstrap();
    await all.grants.change(await all.grant(all.admin, all.ada.by, 'reviewer'));
    await all.grants.change(await all.grant(all.admin, all.bob.by, 'author'));
    return all;
  };

  it.each<[string, (events: SignedRoleEvent[]) => unknown[]]>([
    ['without its first change', (events) => events.slice(1)],
    ['without one in the middle', ([a, , c]) => [a, c]],
    ['in another order', ([a, b, c]) => [a, c, b]],
    ['with one twice', ([a, b]) => [a, b, b]],
    ['with a changed role', ([a, b, c]) => [a, b, { ...c!, event: { ...c!.event, role: 'admin' } }]],
    ['with a changed signature', ([a, b, c]) => [a, b, { ...c!, proof: a!.proof }]],
    ['with rubbish', (events) => [...events, null]],
  ])('%s is not believed', async (_what, change) => {
    const { store, rules, clock } = await filled();
    const changed = new MemoryRoleEvents();
    changed.events = change(store.events as SignedRoleEvent[]);
    await expect(LocalGrants.open({ store: changed, rules, clock })).rejects.toMatchObject({
      code: 'IDENTITY_GRANT_REFUSED',
    });
    // The control: as it was, it is.
    await expect(LocalGrants.open({ store, rules, clock })).resolves.toBeDefined();
  });

  it('that turns bad while we run leaves nobody with a role', async () => {
    const { store, grants, admin, rolesOf } = await filled();
    store.events.push({ event: {}, proof: {} });
    await expect(grants.refresh()).rejects.toMatchObject({ code: 'IDENTITY_GRANT_REFUSED' });
    expect(rolesOf(admin)).toEqual([]);
  });

  it('takes one of two changes made at the same time', async () => {
    const { store, rules, clock, grants, grant, admin, ada, bob } = await filled();
    const other = await LocalGrants.open({ store, rules, clock });
    const changes = [await grant(admin, ada.by, 'consumer'), await grant(admin, bob.by, 'consumer')];
    const ends = await Promise.allSettled([grants.change(changes[0]!), other.change(changes[1]!)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await grants.refresh();
    await other.refresh();
    expect(grants.all()).toEqual(other.all());
  });
});

describe('any history of changes', () => {
  it('replays to the same roles, and no one is admin whom no admin made', async () => {
    const names = ['a', 'b', 'c'] as const;
    const step = fc.record({
      by: fc.nat(3),
      subject: fc.nat(2),
      role: fc.constantFrom<Role>('admin', 'author', 'operator'),
      revoke: fc.boolean(),
      grant: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const { grants, store, rules, clock, grant, revoke, operator } = await setUp();
        const people: Signer[] = names.map(() => walletSigner(xrplWallet('ed25519')));
        const signers = [operator, ...people];
        for (const { by, subject, role, revoke: isRevoke, grant: id } of steps) {
          const signer = signers[by]!;
          const wasAdmin = grants.grantsOf([signer.by], clock.now()).some((each) => each.role === 'admin');
          const signed = isRevoke
            ? await revoke(signer, `grant-${id}`)
            : await grant(signer, people[subject]!.by, role);
          const held = await grants.change(signed).then(
            () => true,
            () => false,
          );
          if (held) expect(wasAdmin || signer === operator).toBe(true);
        }
        const replayed = await LocalGrants.open({ store, rules, clock });
        expect(replayed.all()).toEqual(grants.all());
      }),
      { numRuns: 15 },
    );
  });
});
