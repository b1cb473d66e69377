import { children, descend, dottedName, lineOf, parseTypeScript, type SyntaxNode, stringValue } from '../syntax.ts';

/** One `verifies('ID')` in a test file. */
export interface Citation {
  readonly id: string;
  readonly path: string;
  readonly line: number;
  /** Whether it stands in a test or suite that never runs (`.skip`, `.todo`). */
  readonly skipped: boolean;
}

/** Something that keeps the citations from being counted. */
export interface CitationFault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface FileCitations {
  readonly citations: readonly Citation[];
  readonly faults: readonly CitationFault[];
}

const TEST_FUNCTION = /^(describe|suite|it|test|xit|xtest|xdescribe)\b/;
const NEVER_RUNS = /^(xit|xtest|xdescribe)\b|\.(skip|todo)\b/;

/** The citations of one test file, from its syntax tree: what stands in comments or strings does not count. */
export function readCitations(path: string, text: string): FileCitations {
  const citations: Citation[] = [];
  const faults: CitationFault[] = [];
  const visit = (node: SyntaxNode, inTest: boolean, skipped: boolean): void => {
    const name = node.type === 'CallExpression' ? dottedName(node.callee) : undefined;
    if (name === 'verifies') {
      const line = lineOf(text, node.start);
      if (!inTest) faults.push({ path, line, message: 'verifies() stands outside a describe or test' });
      for (const argument of node.arguments as SyntaxNode[]) {
        const id = stringValue(argument);
        if (id === undefined) faults.push({ path, line, message: 'verifies() takes string literals only' });
        else citations.push({ id, path, line, skipped });
      }
      return;
    }
    const isTest = name !== undefined && TEST_FUNCTION.test(name);
    const isSkipped = isTest && NEVER_RUNS.test(name);
    for (const child of children(node)) visit(child, inTest || isTest, skipped || isSkipped);
  };
  visit(parseTypeScript(text), false, false);
  if (citations.length > 0 && !importsVerifies(text)) {
    faults.push({ path, line: 1, message: "verifies is not the one of '@wardmesh/testkit'" });
  }
  return { citations, faults };
}

function importsVerifies(text: string): boolean {
  for (const node of descend(parseTypeScript(text))) {
    if (node.type !== 'ImportDeclaration') continue;
    const from = stringValue(node.source) ?? '';
    if (from === '@wardmesh/testkit' || from.endsWith('/verifies.ts')) return true;
  }
  return false;
}
