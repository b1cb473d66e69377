import { parseAst } from 'vitest/node';

/** A node of the ESTree syntax tree, as far as the house's checks look at it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** Parses TypeScript. @throws SyntaxError-like errors of the parser for text that is not TypeScript. */
export function parseTypeScript(text: string): SyntaxNode {
  return parseAst(text, { lang: 'ts' }) as unknown as SyntaxNode;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

/** The nodes directly inside `node`, in order of their fields. */
export function children(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** `node` and everything inside it, outermost first. */
export function* descend(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of children(node)) yield* descend(child);
}

/** The value of a string literal, or undefined. */
export function stringValue(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

/** The dotted name of an expression such as `describe.skip`, or undefined where it is something else. */
export function dottedName(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return node.name as string;
  if (node.type === 'MemberExpression' && node.computed === false) {
    const object = dottedName(node.object);
    const property = dottedName(node.property);
    return object === undefined || property === undefined ? undefined : `${object}.${property}`;
  }
  // describe.skip.each([…])('…', …): the name is that of the function that was called first.
  if (node.type === 'CallExpression') return dottedName(node.callee);
  if (node.type === 'TaggedTemplateExpression') return dottedName(node.tag);
  return undefined;
}

/** The line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf('\n'); i !== -1 && i < offset; i = text.indexOf('\n', i + 1)) line++;
  return line;
}
