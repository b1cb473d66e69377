import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CodedError, isJsonObject } from '@wardmesh/core';
import type { ConfigErrorCode } from './error.ts';
import { linkedPackages, outermostModules } from './linked-packages.ts';

/** How an installed npm package is run, all paths absolute and real. */
export interface PackageCommand {
  readonly command: string;
  /** What comes before the server's own arguments. */
  readonly args: readonly string[];
  /** What the sandbox must let it read: the runtime and the folder of modules it loads from. */
  readonly read: readonly string[];
  readonly version: string;
}

/**
 * Finds the command of an installed package, so that `ward.yaml` carries no path of one machine.
 * @param from files or folders (ending in a slash) whose view of node_modules is asked, in this order.
 * @throws CodedError CONFIG_PACKAGE_UNAVAILABLE
 */
export function packageCommand(name: string, from: readonly string[]): PackageCommand {
  for (const place of from) {
    const folder = findPackage(name, place);
    if (folder !== undefined) return commandIn(folder, name);
  }
  throw new CodedError<ConfigErrorCode>('CONFIG_PACKAGE_UNAVAILABLE', `the package ${name} is not installed`, {
    hint: `Install it beside ward.yaml (npm install --ignore-scripts ${name}), or use command instead of package.`,
  });
}

/** Walks the search path instead of resolving: a package may export neither its main file nor its package.json. */
function findPackage(name: string, from: string): string | undefined {
  for (const modules of createRequire(from).resolve.paths(name) ?? []) {
    const folder = join(modules, ...name.split('/'));
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
  }
  return undefined;
}

function commandIn(folder: string, name: string): PackageCommand {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const bin = isJsonObject(manifest) ? manifest.bin : undefined;
  const script = typeof bin === 'string' ? bin : onlyValue(bin);
  if (!isJsonObject(manifest) || script === undefined) {
    throw new CodedError<ConfigErrorCode>('CONFIG_PACKAGE_UNAVAILABLE', `the package ${name} has no single command`, {
      hint: 'Use command and args instead of package.',
    });
  }
  const node = realpathSync(process.execPath);
  return {
    command: node,
    args: [realpathSync(join(folder, script))],
    read: [node, ...modulesAround(folder)],
    version: String(manifest.version),
  };
}

function onlyValue(bin: unknown): string | undefined {
  const values = isJsonObject(bin) ? Object.values(bin) : [];
  const distinct = new Set(values);
  const [first] = distinct;
  return distinct.size === 1 && typeof first === 'string' ? first : undefined;
}

/** The outermost node_modules that holds the folder: its dependencies may be hoisted there. Else what it links to. */
function modulesAround(folder: string): readonly string[] {
  const outermost = outermostModules(folder);
  return outermost === undefined ? linkedPackages(folder) : [outermost];
}
