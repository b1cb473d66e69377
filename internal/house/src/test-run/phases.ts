import { existsSync } from 'node:fs';
import { ROOT } from '../paths.ts';
import { run } from '../run.ts';
import { type Outcome, oneCheck, parseTotal } from './outcome.ts';
import { runVitest } from './vitest.ts';

/** One part of `./ward test`. */
export interface Phase {
  /** One word: `./ward test NAME` runs it alone. */
  readonly name: string;
  /** What it holds, for the heading. */
  readonly about: string;
  run(args: readonly string[]): Promise<Outcome>;
  /** False while what it drives is not in the checkout. */
  present?(): boolean;
}

const MINUTES = 60_000;
/** Three suites and the tests (25 minutes) stay within an hour together, even where each of them hangs. */
const SUITE_TIMEOUT = 9 * MINUTES;
const NODE = process.execPath;

/** The phases in order: what fails fast stands first. To add one, add a line. */
export const PHASES: readonly Phase[] = [
  {
    name: 'lint',
    about: 'formatting and lint rules',
    run: () => program('node_modules/@biomejs/cli-linux-x64/biome', ['check', '.']),
  },
  { name: 'types', about: 'strict TypeScript', run: () => program('node_modules/.bin/tsc', ['-p', 'tsconfig.json']) },
  {
    name: 'requirements',
    about: 'every cited id exists and its tests run',
    run: () => program(NODE, ['internal/house/src/requirements.ts', '--brief']),
  },
  { name: 'audit', about: 'known advisories against the lockfile', run: () => script('internal/house/src/audit.ts') },
  {
    name: 'secrets',
    about: 'no secret in a file or in the history',
    run: () => script('internal/house/src/secrets.ts'),
  },
  {
    name: 'sbom',
    about: 'CycloneDX bill of materials, built and validated',
    run: () => script('internal/house/src/sbom.ts'),
  },
  { name: 'tests', about: 'unit, property, hostile and end-to-end tests', run: runVitest },
  suite('documents', 'every command of the README and the guides, run', 'internal/house/src/documents.ts'),
  suite('attack', 'hostile servers and clients, each with its control', 'internal/attack/src/main.ts'),
  suite('conformance', 'the official MCP suite through the gateway', 'internal/conformance/src/main.ts'),
];

/** A phase that is a program of ours and drives the command line; where its last line is a total, its own checks are counted. */
function suite(name: string, about: string, path: string): Phase {
  return {
    name,
    about,
    present: () => existsSync(`${ROOT}/${path}`) && existsSync(`${ROOT}/packages/cli/src/main.ts`),
    run: () => script(path, SUITE_TIMEOUT),
  };
}

function script(path: string, timeout?: number): Promise<Outcome> {
  return program(NODE, ['--disable-warning=ExperimentalWarning', path], timeout);
}

async function program(path: string, args: readonly string[], timeout = 10 * MINUTES): Promise<Outcome> {
  const { code, stdout } = await run(path, args, { output: 'show', timeout });
  const total = parseTotal(stdout);
  if (total !== undefined && (code === 0) === (total.failed === 0)) return total;
  return oneCheck(code === 0, code === 124 ? [`failed: no end after ${timeout / MINUTES} minutes`] : []);
}
