import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, test } from 'vitest';

const PACKAGES = new URL('../../', import.meta.url).pathname;

/** What is no CSPRNG, banned everywhere. */
const WEAK: readonly (readonly [RegExp, string])[] = [
  [/\bMath\s*(?:\.\s*random|\[\s*['"]random)/, 'Math.random can be predicted'],
  [/\bpseudoRandomBytes\b/, 'not a CSPRNG by contract'],
  [/\bfrom\s*['"](?:seedrandom|random|random-js|mersenne-twister|nanoid\/non-secure)['"]/, 'not the operating system'],
];

const NAMES = '(?:randomBytes|randomFillSync|randomFill|randomInt|randomUUID|getRandomValues)';
/** The operating system asked behind the port's back: banned where the port makes tests repeatable. */
const DIRECT: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\bimport\\b[^;]*\\b${NAMES}\\b[^;]*from\\s*['"](?:node:)?crypto['"]`), 'goes past the Random port'],
  [new RegExp(`\\bcrypto\\s*\\.\\s*${NAMES}\\b`), 'goes past the Random port'],
];

/** Adapters and apps may ask the operating system themselves; pure and domain packages take the port. */
const ADAPTERS = /^(?:store|sandbox|ledgers|key-providers|local-ledger|gateway|signer|cli|console)\//;
/** The port itself is where the operating system is asked. */
const PORT = 'core/src/ports.ts';

function offences(path: string, source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  const banned = ADAPTERS.test(path) || path === PORT ? WEAK : [...WEAK, ...DIRECT];
  return banned.filter(([pattern]) => pattern.test(code)).map(([, why]) => `${path}: ${why}`);
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(?:ts|tsx|mts|js|mjs)$/.test(entry.name) && !/\.test\./.test(entry.name) && !/\/test\//.test(path)
      ? [path]
      : [];
  });
}

describe('randomness', () => {
  test('comes from the operating system through one port, everywhere in packages/', () => {
    verifies('XR-RNG-1');
    const files = sources(PACKAGES);
    expect(files.length).toBeGreaterThan(50);
    const found = files
      .map((path) => relative(PACKAGES, path))
      .flatMap((path) => offences(path, readFileSync(join(PACKAGES, path), 'utf8')));
    expect(found).toEqual([]);
  });

  test('of another source would be seen (control)', () => {
    for (const planted of [
      'const x = Math.random();',
      "const x = Math['random']();",
      "import { randomBytes } from 'node:crypto';",
      "import {\n  createHash,\n  randomUUID,\n} from 'crypto';",
      'const id = crypto.randomUUID();',
      'crypto.getRandomValues(bytes);',
    ]) {
      expect(offences('audit/src/x.ts', planted), planted).not.toEqual([]);
    }
    expect(offences('store/src/x.ts', 'const x = Math.random();')).not.toEqual([]);
    expect(offences('audit/src/x.ts', '/* Math.random */ const bytes = random.bytes(32); // Math.random')).toEqual([]);
  });
});
