/** Licences that what we ship may carry: permissive, compatible with our Apache-2.0, no duty on who runs it. */
export const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
  'Zlib',
]);

/** Packages that name no SPDX identifier, read by a person. */
export const READ_BY_HAND: Readonly<Record<string, string>> = {
  '@modelcontextprotocol/server-everything': 'Apache-2.0 for new work, MIT for older: both allowed',
  '@modelcontextprotocol/server-filesystem': 'Apache-2.0 for new work, MIT for older: both allowed',
};

/** Whether an SPDX expression leaves us an allowed choice. Nested parentheses are refused: read such a one by hand. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (/[()]/.test(plain)) return false;
  return plain.split(' OR ').some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence.trim())));
}
