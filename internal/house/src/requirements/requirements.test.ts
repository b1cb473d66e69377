import { describe, expect, it } from 'vitest';
import { type FileCitations, readCitations } from './citations.ts';
import { parseManifest } from './manifest.ts';
import { formatReport, report } from './report.ts';

const manifest = parseManifest('XR-A-1: first\nXR-A-2: second\nWM-B-1: third\n');
// Spelled in two parts so that this file's own citations stay its own.
const CITE = ['veri', 'fies'].join('');
const file = (body: string): FileCitations =>
  readCitations('x.test.ts', `import { ${CITE} } from '@wardmesh/testkit';\n${body}`);

describe('the requirement manifest', () => {
  it('counts an id that a running test cites, once', () => {
    const source = file(
      `describe('a', () => { ${CITE}('XR-A-1'); it('b', () => { ${CITE}('XR-A-1', 'WM-B-1'); }); });`,
    );
    expect(report(manifest, [source])).toEqual({ cited: ['XR-A-1', 'WM-B-1'], open: ['XR-A-2'], faults: [] });
  });

  it.each([
    ['a line comment', `it('a', () => { // ${CITE}('XR-A-1')\n });`],
    ['a block comment', `it('a', () => { /* ${CITE}('XR-A-1') */ });`],
    ['a string', `it("${CITE}('XR-A-1')", () => {});`],
    ['a template', `it('a', () => { const s = \`${CITE}('XR-A-1')\`; });`],
  ])('does not count %s', (_what, body) => {
    expect(report(manifest, [file(body)])).toMatchObject({ cited: [], faults: [] });
  });

  it('catches an unknown id', () => {
    expect(report(manifest, [file(`it('a', () => ${CITE}('XR-A-9'));`)]).faults).toEqual([
      'x.test.ts:2 unknown requirement XR-A-9',
    ]);
  });

  it.each([
    `it.skip('a', () => { ${CITE}('XR-A-1'); });`,
    `describe.skip('a', () => { it('b', () => ${CITE}('XR-A-1')); });`,
    `test.todo('a', () => ${CITE}('XR-A-1'));`,
    `describe.skip.each([1])('a', () => { ${CITE}('XR-A-1'); });`,
    `xit('a', () => ${CITE}('XR-A-1'));`,
  ])('catches a cited id in a test that never runs: %s', (body) => {
    const { cited, faults } = report(manifest, [file(body)]);
    expect(cited).toEqual([]);
    expect(faults).toEqual(['x.test.ts:2 XR-A-1 is cited by a test that never runs']);
  });

  it.each([
    ['an id that is no literal', `const id = 'XR-A-1'; it('a', () => ${CITE}(id));`, 'string literals only'],
    ['a citation outside tests', `${CITE}('XR-A-1');`, 'outside a describe or test'],
  ])('catches %s', (_what, body, message) => {
    expect(report(manifest, [file(body)]).faults.join()).toContain(message);
  });

  it('catches a namesake that is not the one of the testkit', () => {
    const source = readCitations('x.test.ts', `const ${CITE} = (id) => {}; it('a', () => ${CITE}('XR-A-1'));`);
    expect(report(manifest, [source]).faults.join()).toContain('@wardmesh/testkit');
  });

  it.each(['XR-A-1: a\nXR-A-1: b\n', 'ZZ-A-1: a\n', 'XR-A: a\n', 'XR-A-1:\n'])('refuses the manifest %j', (yaml) => {
    expect(() => parseManifest(yaml)).toThrow();
  });

  it('prints done and open of every source, and the text of what is open', () => {
    const text = formatReport(manifest, report(manifest, [file(`it('a', () => ${CITE}('XR-A-1'));`)]));
    expect(text).toContain('XR  XRPL Wallet MCP    1 done    1 open');
    expect(text).toContain('open WM-B-1: third');
  });
});
