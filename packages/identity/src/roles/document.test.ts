import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { extentOf, PERMISSIONS, type Permission, ROLES } from './matrix.ts';

const page = readFileSync(new URL('../../../../docs/roles.md', import.meta.url), 'utf8');

/** The matrix as the page should have it. */
function table(): string {
  const rows = PERMISSIONS.map((permission: Permission) => {
    const cells = ROLES.map((role) => extentOf(permission, role) ?? '');
    return `| \`${permission}\` | ${cells.join(' | ')} |`;
  });
  return [`| | ${ROLES.join(' | ')} |`, `|${'---|'.repeat(ROLES.length + 1)}`, ...rows].join('\n');
}

describe('docs/roles.md', () => {
  it('has the matrix as it is in the code', () => {
    const start = page.indexOf('| | admin');
    expect(page.slice(start, page.indexOf('\n\n', start))).toBe(table());
  });

  it('says what each role is for', () => {
    for (const role of ROLES) expect(page).toMatch(new RegExp(`^\\| ${role} \\| \\w`, 'm'));
  });
});
