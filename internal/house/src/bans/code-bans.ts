import { dottedName, type SyntaxNode } from '../syntax.ts';
import type { Ban } from './ban.ts';
import type { SourceFile } from './source-file.ts';

/** A ban on an expression. */
function forbid(
  name: string,
  reason: string,
  applies: (file: SourceFile) => boolean,
  matches: (node: SyntaxNode) => boolean,
  planted: Ban['planted'],
): Ban {
  return {
    name,
    reason,
    planted,
    find: (file) =>
      applies(file)
        ? [...file.nodes()].filter(matches).map((node) => ({ line: file.line(node), what: 'uses it' }))
        : [],
  };
}

const member = (name: string) => (node: SyntaxNode) => node.type === 'MemberExpression' && dottedName(node) === name;
const calls = (node: SyntaxNode, type: string, name: string): boolean =>
  node.type === type && dottedName(node.callee) === name;

/** Where real time is read: the port itself, the command that a person waits for, and what only tests run. */
const readsRealTime = (file: SourceFile): boolean =>
  file.isTest || file.area === 'internal' || file.room === 'cli' || file.path === 'packages/core/src/ports.ts';

export const CODE_BANS: readonly Ban[] = [
  forbid(
    'no Math.random',
    'all randomness comes from the operating system’s CSPRNG through the Random port (XR-RNG-1)',
    ({ isTest }) => !isTest,
    member('Math.random'),
    { path: 'packages/core/src/x.ts', text: 'export const id = Math.random().toString(36);' },
  ),
  forbid(
    'no clock but the Clock port',
    'expiry, lockout and receipts are tested by moving the clock',
    (file) => !readsRealTime(file),
    (node) =>
      member('Date.now')(node) ||
      (node.type === 'NewExpression' &&
        dottedName(node.callee) === 'Date' &&
        (node.arguments as unknown[]).length === 0),
    { path: 'packages/limits/src/x.ts', text: 'const a = Date.now();\nconst b = new Date();' },
  ),
  forbid(
    'no code made from text',
    'what an agent or a server sends is data',
    ({ isTest }) => !isTest,
    (node) =>
      calls(node, 'CallExpression', 'eval') ||
      calls(node, 'NewExpression', 'Function') ||
      calls(node, 'CallExpression', 'Function') ||
      (node.type === 'ImportDeclaration' && /^'(node:)?vm'$/.test(String((node.source as SyntaxNode).raw))),
    { path: 'packages/guard/src/x.ts', text: "eval('1');\nnew Function('return 1')();\nimport 'node:vm';" },
  ),
];
