import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { readWorkspace } from '../bans/workspace.ts';
import { ROOT } from '../paths.ts';
import { isAllowed } from './licences.ts';
import { foreignPackages, readLock } from './lockfile.ts';
import {
  findForbiddenLicences,
  findOutOfSync,
  findSoftSettings,
  findUnheld,
  findUnpinned,
  NPMRC,
  SCRIPTS_NOT_RUN,
} from './rules.ts';

const workspace = readWorkspace();
const lock = readLock();
const runtimeLock = readLock(`${ROOT}/runtime`);
const integrity = `sha512-${'A'.repeat(86)}==`;

describe('versions', () => {
  it('are exact in every package.json', () => {
    verifies('XR-OSS-3');
    const runtime = JSON.parse(readFileSync(`${ROOT}/runtime/package.json`, 'utf8'));
    expect([workspace.root, runtime, ...workspace.rooms.values()].flatMap(findUnpinned)).toEqual([]);
  });

  it.each(['^1.0.0', '~1.0.0', '1.x', '*', 'latest', '>=1.0.0', '1.0', 'file:../x', 'github:a/b', 'npm:b@1.0.0', ''])(
    'are caught when they are %j',
    (version) => {
      expect(findUnpinned({ name: 'x', optionalDependencies: { a: version } })).toHaveLength(1);
    },
  );
});

describe('the settings of npm', () => {
  it.each(['.npmrc', 'runtime/.npmrc'])('are hardened in %s', (path) => {
    verifies('XR-OSS-3');
    expect(findSoftSettings(readFileSync(`${ROOT}/${path}`, 'utf8'))).toEqual([]);
  });

  it.each(Object.keys(NPMRC))('are caught without %s', (key) => {
    const npmrc = Object.keys(NPMRC).map((name) => `${name}=${name !== key}`);
    expect(findSoftSettings(npmrc.join('\n'))).toHaveLength(1);
  });

  it('are caught when they choose a registry', () => {
    const npmrc = Object.keys(NPMRC).map((name) => `${name}=true`);
    expect(findSoftSettings([...npmrc, 'registry=https://example.test/'].join('\n'))).toHaveLength(1);
  });
});

describe('the lockfile', () => {
  it('agrees with every package.json', () => {
    verifies('XR-OSS-3');
    expect(findOutOfSync(workspace, lock)).toEqual([]);
  });

  it('is caught when a package.json was changed alone', () => {
    const changed = { ...workspace.root, devDependencies: { ...workspace.root.devDependencies, left: '1.0.0' } };
    expect(findOutOfSync({ ...workspace, root: changed }, lock)).toEqual([
      'the root: devDependencies differ from the lock',
    ]);
    const added = new Map([...workspace.rooms, ['packages/new', { name: '@wardmesh/new' }]]);
    expect(findOutOfSync({ ...workspace, rooms: added }, lock)).toEqual(['packages/new is not in the lock']);
  });

  it('holds the content of every package, names no registry and no unknown install script', () => {
    verifies('XR-OSS-3');
    expect([...findUnheld(lock), ...findUnheld(runtimeLock)]).toEqual([]);
  });

  it.each([
    ['no integrity', {}],
    ['a weak integrity', { integrity: 'sha1-abc' }],
    ['a place to fetch from', { integrity, resolved: 'https://example.test/a.tgz' }],
    ['an install script', { integrity, hasInstallScript: true }],
  ])('is caught with %s', (_what, entry) => {
    expect(findUnheld({ 'node_modules/a': { version: '1.0.0', ...entry } })).toHaveLength(1);
  });

  it('needs each judgement of an install script still', () => {
    const withScript = new Set(
      foreignPackages(lock)
        .filter((entry) => entry.hasInstallScript === true)
        .map(({ name }) => name),
    );
    expect(Object.keys(SCRIPTS_NOT_RUN).filter((name) => !withScript.has(name))).toEqual([]);
  });
});

describe('licences', () => {
  it('of all that is shipped are allowed', () => {
    expect(findForbiddenLicences(lock)).toEqual([]);
  });

  it.each([
    'GPL-3.0-only',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE',
    undefined,
    'MIT AND GPL-2.0-only',
    '(MIT OR (A AND B))',
  ])('are caught: %s', (license) => {
    const entry = license === undefined ? {} : { license };
    expect(findForbiddenLicences({ 'node_modules/a': entry })).toHaveLength(1);
  });

  it.each(['MIT', '(MIT OR GPL-3.0-or-later)', '(MIT AND Zlib)'])('leave a choice: %s', (license) => {
    expect(isAllowed(license)).toBe(true);
  });

  it('of development tools are not shipped', () => {
    expect(findForbiddenLicences({ 'node_modules/a': { license: 'MPL-2.0', dev: true } })).toEqual([]);
  });
});
