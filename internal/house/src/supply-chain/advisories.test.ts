import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { type Finding, isAffected, isGated, matchSnapshot, parseSnapshot, readNpmAudit } from './advisories.ts';
import { foreignPackages, readLock } from './lockfile.ts';

const snapshot = parseSnapshot(readFileSync(`${ROOT}/internal/house/advisories.yaml`, 'utf8'));
const locked = (name: string, version: string) => ({ name, version, path: `node_modules/${name}` });

describe('known advisories', () => {
  it('name nothing that is locked', () => {
    verifies('CM-DEP-1', 'XR-OSS-4');
    expect(matchSnapshot(snapshot, foreignPackages(readLock())).filter(isGated)).toEqual([]);
  });

  it('are caught when planted, and stop the run from severity high on', () => {
    verifies('CM-DEP-1', 'XR-OSS-4');
    const found = matchSnapshot(snapshot, [
      locked('debug', '4.4.2'),
      locked('debug', '4.4.3'),
      locked('xrpl', '4.2.3'),
    ]);
    expect(found.map(({ package: name, version }) => `${name}@${version}`)).toEqual(['debug@4.4.2', 'xrpl@4.2.3']);
    expect(found.every(isGated)).toBe(true);
    const severity = (value: Finding['severity']) => isGated({ ...found[0]!, severity: value });
    expect(
      ['info', 'low', 'moderate', 'high', 'critical'].map((value) => severity(value as Finding['severity'])),
    ).toEqual([false, false, false, true, true]);
  });

  it.each([
    ['1.2.3', '1.2.3', true],
    ['1.2.4', '1.2.3', false],
    ['1.2.3', '<1.2.4', true],
    ['1.10.0', '<1.9.0', false],
    ['1.9.0', '<=1.9.0', true],
    ['2.0.0', '>=1.0.0 <2.0.0', false],
    ['1.5.0', '>1.0.0 <2.0.0', true],
    ['1.2.3-beta.1', '<=1.2.3', true],
  ])('%s is in %s: %s', (version, range, is) => {
    expect(isAffected(version, range)).toBe(is);
  });

  it.each(['^1.0.0', '1.x', '', '>=1.0.0 || <0.5.0'])('refuse the range %j', (range) => {
    expect(() => isAffected('1.0.0', range)).toThrow();
  });

  it.each([
    'reviewed: soon\nadvisories: []',
    'reviewed: 2026-01-01\nadvisories: [{ package: a, affected: ["1.0.0"], severity: bad, id: x, title: y }]',
    'reviewed: 2026-01-01\nadvisories: [{ package: a, affected: ["1.0.0"], severity: high, title: y }]',
    'reviewed: 2026-01-01\nadvisories: [{ package: a, affected: ["^1"], severity: high, id: x, title: y }]',
  ])('refuse an incomplete list: %s', (yaml) => {
    expect(() => parseSnapshot(yaml)).toThrow();
  });
});

describe('the answer of npm audit', () => {
  it('gives its findings', () => {
    const answer = {
      vulnerabilities: {
        a: {
          name: 'a',
          severity: 'high',
          range: '<2.0.0',
          via: [{ title: 'bad', url: 'https://example.test/GHSA-1' }],
        },
        b: { name: 'b', severity: 'low', range: '*', via: ['a'] },
      },
      metadata: {},
    };
    expect(readNpmAudit(JSON.stringify(answer))).toEqual([
      { package: 'a', version: '<2.0.0', severity: 'high', id: 'https://example.test/GHSA-1', title: 'bad' },
      { package: 'b', version: '*', severity: 'low', id: 'through a dependency', title: 'depends on a' },
    ]);
  });

  it.each(['', 'not json', '{"message":"405 Method Not Allowed","statusCode":405}', '{"vulnerabilities":{}}'])(
    'is never taken for clean when it is an error: %j',
    (stdout) => {
      verifies('CM-DEP-1');
      expect(readNpmAudit(stdout)).toBeUndefined();
    },
  );
});
