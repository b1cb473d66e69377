import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageCommand } from './package-command.ts';

describe('packageCommand', () => {
  it.each(['@modelcontextprotocol/server-filesystem', '@modelcontextprotocol/server-everything'])(
    'finds %s',
    (name) => {
      const found = packageCommand(name, ['/nowhere/', import.meta.url]);
      expect(found.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(existsSync(found.command) && existsSync(found.args[0]!)).toBe(true);
      expect(found.read.some((folder) => found.args[0]!.startsWith(`${folder}/`))).toBe(true);
      expect(found.read.at(-1)).toMatch(/\/node_modules$/);
    },
  );

  it.each([
    ['not installed', '@nobody/nothing'],
    ['without a command', 'zod'],
  ])('refuses a package %s', (_name, name) => {
    expect(() => packageCommand(name, [import.meta.url])).toThrow(
      expect.objectContaining({ code: 'CONFIG_PACKAGE_UNAVAILABLE' }),
    );
  });
});
