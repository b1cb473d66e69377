/** The roles (CM-RBAC-1). A person or client may hold several; each adds, none takes away. */
export const ROLES = ['admin', 'operator', 'reviewer', 'author', 'consumer', 'auditor', 'agent'] as const;
export type Role = (typeof ROLES)[number];

export function isRole(text: unknown): text is Role {
  return (ROLES as readonly unknown[]).includes(text);
}

/** `any`: on everything. `own`: on what is one's own. Absent: not at all. */
export type Extent = 'any' | 'own';
type Row = Readonly<Partial<Record<Role, Extent>>>;

const people = (extent: Extent): Row => ({
  admin: extent,
  operator: extent,
  reviewer: extent,
  author: extent,
  consumer: extent,
  auditor: extent,
});
const everyone = (extent: Extent): Row => ({ ...people(extent), agent: extent });
/** Those who answer for the house see all of it. */
const overseers: Row = { admin: 'any', operator: 'any', auditor: 'any' };
const keepers: Row = { admin: 'any', operator: 'any' };

/**
 * Who may do what: the one table that routes, channels, commands, docs/roles.md and its test are read from. What is not
 * in it is denied. Two rules stand above it, see {@link SELF_FORBIDDEN}.
 */
export const MATRIX = {
  'tool:list': everyone('any'),
  'tool:call': { consumer: 'any', agent: 'any' },

  'approval:read': { ...overseers, consumer: 'own', agent: 'own' },
  'approval:decide': keepers,

  'receipt:read': { ...everyone('own'), ...overseers },
  'receipt:export': { ...overseers, consumer: 'own' },
  'audit:verify': overseers,
  'audit:anchor': keepers,

  'server:read': people('any'),
  'server:manage': keepers,
  'agent:read': { ...overseers, consumer: 'own' },
  'agent:manage': { ...keepers, consumer: 'own' },
  'policy:read': { ...overseers, reviewer: 'any' },
  'policy:manage': keepers,
  'limit:read': { ...overseers, consumer: 'own', agent: 'own' },
  'limit:manage': keepers,
  'wallet:read': { ...overseers, consumer: 'own', agent: 'own' },
  'wallet:manage': keepers,

  'manifest:read': { author: 'own', reviewer: 'any', auditor: 'any' },
  'manifest:write': { author: 'own' },
  'listing:read': people('any'),
  'listing:publish': { author: 'own' },
  'listing:withdraw': { author: 'own', admin: 'any' },
  'listing:review': { reviewer: 'any' },
  'listing:install': { consumer: 'any', operator: 'any' },
  'listing:run': { consumer: 'any' },

  'role:read': { ...everyone('own'), admin: 'any', auditor: 'any' },
  'role:grant': { admin: 'any' },
  'role:revoke': { admin: 'any' },
  'person:read': { ...people('own'), ...overseers },
  'person:manage': { ...people('own'), admin: 'any' },
  'session:read': { ...people('own'), ...overseers },
  'session:revoke': { ...people('own'), ...keepers },

  'event:read': { ...everyone('own'), ...overseers },
  'health:read': people('any'),
  'metrics:read': overseers,
  'log:read': overseers,
  'key:rotate': keepers,
  'home:stop': keepers,
} as const satisfies Readonly<Record<`${string}:${string}`, Row>>;

export type Permission = keyof typeof MATRIX;

export const PERMISSIONS = Object.freeze(Object.keys(MATRIX)) as readonly Permission[];

/** How far a role carries a permission; undefined where it does not. */
export function extentOf(permission: Permission, role: Role): Extent | undefined {
  return (MATRIX[permission] as Row)[role];
}

/**
 * What nobody does to what is their own, whatever roles they hold: an author never reviews their own listing
 * (CM-RBAC-3), and who asks never approves (WM-APR-1).
 */
export const SELF_FORBIDDEN: ReadonlySet<Permission> = new Set<Permission>(['listing:review', 'approval:decide']);
