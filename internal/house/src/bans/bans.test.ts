import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../paths.ts';
import { trackedFiles } from '../run.ts';
import { CODE_BANS } from './code-bans.ts';
import { findCycle } from './cycles.ts';
import { IMPORT_BANS } from './import-bans.ts';
import { LAYERS, rankOf } from './rooms.ts';
import { isSourcePath, packageOf, readSource, roomOf } from './source-file.ts';
import { readWorkspace } from './workspace.ts';

const tracked = await trackedFiles();
const sources = tracked.filter(isSourcePath).map((path) => readSource(path, readFileSync(`${ROOT}/${path}`, 'utf8')));

describe.each([...IMPORT_BANS, ...CODE_BANS])('ban: $name ($reason)', (ban) => {
  it('holds in every file', () => {
    expect(sources.flatMap((file) => ban.find(file).map(({ line, what }) => `${file.path}:${line} ${what}`))).toEqual(
      [],
    );
  });

  it('catches the planted fault, on every line of it', () => {
    const found = ban.find(readSource(ban.planted.path, ban.planted.text));
    expect(found.map(({ line }) => line)).toEqual(ban.planted.text.split('\n').map((_line, index) => index + 1));
  });

  it('says why', () => {
    expect(ban.reason.length).toBeGreaterThan(20);
  });
});

describe('what the bans look at', () => {
  it('is every room', () => {
    expect(new Set(sources.map(({ area, room }) => `${area}/${room}`))).toEqual(new Set(readWorkspace().rooms.keys()));
  });

  it('finds each kind of import, and none in comments and strings', () => {
    const file = readSource(
      'packages/core/src/x.ts',
      [
        "import a from 'a';",
        "import type { B } from '@s/b/c';",
        "export { c } from 'c';",
        "export * from 'd';",
        "const e = import('e');",
        "let f: import('f').F;",
        "// import 'no';",
        'const s = "import \'no\'";',
      ].join('\n'),
    );
    expect(file.imports.map(({ specifier }) => specifier)).toEqual(['a', '@s/b/c', 'c', 'd', 'e', 'f']);
    expect(file.imports.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['packages/a/src/x.test.ts', true],
    ['packages/a/test/x.ts', true],
    ['packages/a/src/fixture.ts', true],
    ['packages/a/src/log.fixture.ts', true],
    ['packages/a/src/fixtures/x.ts', true],
    ['packages/a/src/testing/x.ts', true],
    ['packages/a/src/x.ts', false],
    ['packages/a/src/prefixture.ts', false],
  ])('takes %s for a test: %s', (path, isTest) => {
    expect(readSource(path, '').isTest).toBe(isTest);
  });

  it.each([
    ['ajv/dist/2020.js', 'ajv', undefined],
    ['@wardmesh/core', '@wardmesh/core', 'core'],
    ['@wardmesh/crypto/web', '@wardmesh/crypto', 'crypto'],
    ['node:fs', undefined, undefined],
    ['./x.ts', undefined, undefined],
  ])('knows whose %s is', (specifier, name, room) => {
    expect([packageOf(specifier), roomOf(specifier)]).toEqual([name, room]);
  });
});

describe('the rooms', () => {
  it('stand in one layer each', () => {
    const rooms = LAYERS.flatMap((layer) => layer.rooms);
    expect(new Set(rooms).size).toBe(rooms.length);
    for (const folder of readWorkspace().rooms.keys()) {
      if (folder.startsWith('packages/')) expect([folder, rankOf(folder.slice('packages/'.length))]).not.toContain(-1);
    }
  });

  it('import each other in no circle', () => {
    const graph = new Map<string, Set<string>>();
    for (const { area, room, isTest, imports } of sources) {
      if (area !== 'packages' || isTest) continue;
      const to = graph.get(room) ?? new Set();
      graph.set(room, to);
      for (const { specifier } of imports) {
        const other = roomOf(specifier);
        if (other !== undefined && other !== room) to.add(other);
      }
    }
    expect(findCycle(graph)).toBeUndefined();
  });

  it('are caught in a circle', () => {
    const graph = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set<string>()],
      ['d', new Set(['b'])],
    ]);
    expect(findCycle(graph)).toEqual(['b', 'd', 'b']);
  });
});

describe('ban: no file names a registry host (whoever installs chooses the registry)', () => {
  // Spelled in parts, or this file would break the ban.
  const hosts = [
    ['registry', 'npmjs', 'org'],
    ['registry', 'yarnpkg', 'com'],
    ['npm', 'pkg', 'github', 'com'],
    ['registry', 'npmmirror', 'com'],
  ];
  const names = (text: string): boolean => hosts.some((parts) => text.includes(parts.join('.')));

  it('holds in every file', () => {
    expect(tracked.filter((path) => names(readFileSync(`${ROOT}/${path}`, 'latin1')))).toEqual([]);
  });

  it('catches the planted fault', () => {
    expect(names(`registry=https://${hosts[0]!.join('.')}/`)).toBe(true);
  });
});
