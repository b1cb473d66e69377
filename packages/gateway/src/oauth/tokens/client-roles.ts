import { extentOf, isRole } from '@wardmesh/identity';

/**
 * Roles of a client that acts for a person: the person's, and `agent` where these let it call tools, so that policies for
 * agents are for it too.
 */
export function clientRoles(roles: readonly string[]): readonly string[] {
  const mayCall = roles.some((role) => isRole(role) && extentOf('tool:call', role) === 'any');
  return mayCall && !roles.includes('agent') ? [...roles, 'agent'] : roles;
}
