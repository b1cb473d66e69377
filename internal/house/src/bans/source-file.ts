import { descend, lineOf, parseTypeScript, type SyntaxNode, stringValue } from '../syntax.ts';

export interface Import {
  readonly specifier: string;
  readonly line: number;
}

/** A TypeScript file of the workspace as the bans see it. */
export interface SourceFile {
  /** Relative to the checkout: `packages/ROOM/src/…` or `internal/ROOM/src/…`. */
  readonly path: string;
  readonly area: 'packages' | 'internal';
  readonly room: string;
  /** Tests may reach for more than the code that ships. */
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  /** Every syntax node, outermost first. */
  nodes(): Iterable<SyntaxNode>;
  /** The line of a node. */
  line(node: SyntaxNode): number;
}

const PATH = /^(packages|internal)\/([^/]+)\/(src|test)\/.*\.ts$/;

/** A helper of tests that stands beside them: `fixture.ts`, `NAME.fixture.ts`, or in a folder `fixtures/` or `testing/`. */
export function isFixture(path: string): boolean {
  return /(^|\/)((fixtures|testing)\/.+|(.+\.)?fixtures?\.ts)$/.test(path);
}

export function isSourcePath(path: string): boolean {
  return PATH.test(path);
}

export function readSource(path: string, text: string): SourceFile {
  const [, area, room, folder] = PATH.exec(path) ?? [];
  if (area === undefined || room === undefined) throw new Error(`not a source file of a room: ${path}`);
  const tree = parseTypeScript(text);
  return {
    path,
    area: area as 'packages' | 'internal',
    room,
    isTest: folder === 'test' || path.endsWith('.test.ts') || isFixture(path),
    imports: [...importsOf(tree)].map(({ specifier, at }) => ({ specifier, line: lineOf(text, at) })),
    nodes: () => descend(tree),
    line: (node) => lineOf(text, node.start),
  };
}

const IMPORTS = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression']);

function* importsOf(tree: SyntaxNode): Generator<{ specifier: string; at: number }> {
  for (const node of descend(tree)) {
    const isTypeImport = node.type === 'TSImportType';
    if (!IMPORTS.has(node.type) && !isTypeImport) continue;
    const specifier = stringValue(node.source ?? node.argument);
    if (specifier !== undefined) yield { specifier, at: node.start };
  }
}

/** The package that a bare specifier names: `a/b/c` is of `a`, `@s/a/b` of `@s/a`. Undefined for relative and node: ones. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** The room of this workspace that a specifier names, or undefined. */
export function roomOf(specifier: string): string | undefined {
  return /^@wardmesh\/([^/]+)/.exec(specifier)?.[1];
}
