import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { isJsonObject } from '@wardmesh/core';

/**
 * The folders that a package which is linked from a workspace loads from: its own, those of the workspace's packages it
 * depends on, directly or not, and the `node_modules` where all the others lie. Real paths.
 */
export function linkedPackages(folder: string): readonly string[] {
  const linked = new Set<string>();
  const installed = new Set<string>();
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (linked.has(next)) continue;
    linked.add(next);
    for (const name of dependenciesOf(next)) {
      const found = locate(name, next);
      if (found === undefined) continue;
      const outermost = outermostModules(found);
      if (outermost === undefined) waiting.push(found);
      else if (!outermost.startsWith(next + sep)) installed.add(outermost);
    }
  }
  // The links themselves are read too, to find the packages by name.
  for (const place of createRequire(join(folder, 'package.json')).resolve.paths('x') ?? []) {
    if (existsSync(place) && !place.startsWith(folder + sep) && holdsLinks(place, linked))
      installed.add(realpathSync(place));
  }
  return [...linked, ...installed];
}

/** The outermost `node_modules` on the way to a folder. */
export function outermostModules(folder: string): string | undefined {
  const parts = folder.split(sep);
  const outermost = parts.indexOf('node_modules');
  return outermost === -1 ? undefined : parts.slice(0, outermost + 1).join(sep);
}

function dependenciesOf(folder: string): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const named = isJsonObject(manifest) ? manifest.dependencies : undefined;
  return isJsonObject(named) ? Object.keys(named) : [];
}

function locate(name: string, from: string): string | undefined {
  for (const modules of createRequire(join(from, 'package.json')).resolve.paths(name) ?? []) {
    const folder = join(modules, ...name.split('/'));
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  }
  return undefined;
}

function holdsLinks(modules: string, linked: ReadonlySet<string>): boolean {
  return [...linked].some((folder) => {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const name = isJsonObject(manifest) ? manifest.name : undefined;
    const link = typeof name === 'string' ? join(modules, ...name.split('/')) : '';
    return link !== '' && existsSync(link) && realpathSync(link) === folder;
  });
}
