export function rolesLine(roles: readonly string[]): string {
  return roles.length === 0 ? 'no role yet: an admin grants one, with the CAIP-10 above' : `roles: ${roles.join(', ')}`;
}
