import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkedPackages, outermostModules } from './linked-packages.ts';

describe('the folders a linked package loads from', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'ward-linked-')));
    mkdirSync(join(root, 'node_modules/@scope'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function make(folder: string, name: string, dependencies: readonly string[]): void {
    mkdirSync(join(root, folder), { recursive: true });
    const versions = Object.fromEntries(dependencies.map((dependency) => [dependency, '1']));
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ name, dependencies: versions }));
    if (!folder.startsWith('node_modules')) symlinkSync(join(root, folder), join(root, 'node_modules', name));
  }

  const found = (folder: string) =>
    linkedPackages(join(root, folder))
      .map((path) => path.slice(root.length + 1))
      .sort();

  it('are its own, those of the workspace it depends on, and node_modules; nothing else of the workspace', () => {
    make('packages/app', '@scope/app', ['@scope/lib', 'installed']);
    make('packages/lib', '@scope/lib', ['@scope/deep']);
    make('packages/deep', '@scope/deep', ['@scope/app', 'missing']);
    make('packages/other', '@scope/other', []);
    make('node_modules/installed', 'installed', []);
    expect(found('packages/app')).toEqual(['node_modules', 'packages/app', 'packages/deep', 'packages/lib']);
    expect(found('packages/other')).toEqual(['node_modules', 'packages/other']);
  });

  it('are the folder alone where nothing links to it', () => {
    mkdirSync(join(root, 'alone'));
    writeFileSync(join(root, 'alone/package.json'), '{"name":"alone"}');
    expect(found('alone')).toEqual(['alone']);
  });

  it('know the outermost node_modules', () => {
    expect(outermostModules('/a/node_modules/b/node_modules/c')).toBe('/a/node_modules');
    expect(outermostModules('/a/b')).toBeUndefined();
  });
});
