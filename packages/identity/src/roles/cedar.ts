import type { Role } from './matrix.ts';

/** An entity in Cedar's JSON form. */
export interface CedarEntity {
  readonly uid: { readonly type: string; readonly id: string };
  readonly attrs: { readonly name?: string; readonly roles?: readonly string[] };
  readonly parents: readonly { readonly type: string; readonly id: string }[];
}

/**
 * A principal and its roles as Cedar entities, in the shape of @wardmesh/policy's schema: `Ward::Agent` in each
 * `Ward::Role`. Roles limited to a scope are left out: Cedar would read them as unlimited.
 */
export function cedarEntities(
  id: string,
  grants: readonly { readonly role: Role; readonly scope: string }[],
): readonly CedarEntity[] {
  const roles = rolesOf(grants).map((role) => ({ type: 'Ward::Role', id: role }));
  return [
    { uid: { type: 'Ward::Agent', id }, attrs: { name: id, roles: roles.map((role) => role.id) }, parents: roles },
    ...roles.map((uid) => ({ uid, attrs: {}, parents: [] })),
  ];
}

/** The unlimited roles among grants, each once, in alphabetical order. */
export function rolesOf(grants: readonly { readonly role: Role; readonly scope: string }[]): readonly Role[] {
  return [...new Set(grants.filter(({ scope }) => scope === '*').map(({ role }) => role))].sort();
}
