// npm run secrets [-- RANGE]: secrets in the files of the checkout and in what its history added (all of HEAD's, or a
// git range). Prints where, never what. What only looks like one is allowed in internal/house/secrets-allow.yaml.
import { readFileSync } from 'node:fs';
import { ROOT } from './paths.ts';
import { run, trackedFiles } from './run.ts';
import { PATTERNS } from './secrets/patterns.ts';
import { applyAllowances, parseAllowances, type SecretFinding, scanHistory, scanText } from './secrets/scan.ts';

const range = process.argv[2] ?? 'HEAD';
if (range.startsWith('-')) throw new Error(`not a git range: ${range}`);

const paths = await trackedFiles();
// Latin-1 keeps every byte of a binary file as a character, so that ASCII secrets in one are seen.
const findings: SecretFinding[] = paths.flatMap((path) => scanText(path, readFileSync(`${ROOT}/${path}`, 'latin1')));

const log = await run('git', [
  'log',
  '-p',
  '--unified=0',
  '--no-prefix',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  range,
]);
if (log.code !== 0) throw new Error(`git log failed: ${log.stderr}`);
findings.push(...scanHistory(log.stdout));

const allowances = parseAllowances(readFileSync(`${ROOT}/internal/house/secrets-allow.yaml`, 'utf8'));
const { open, stale } = applyAllowances(findings, allowances);
const once = new Map(open.map((finding) => [`${finding.path} ${finding.pattern} ${finding.fingerprint}`, finding]));
for (const { path, line, pattern, fingerprint } of once.values()) {
  const what = PATTERNS.find(({ id }) => id === pattern)?.what ?? pattern;
  process.stdout.write(`${path}:${line} holds ${what} (${pattern}, ${fingerprint})\n`);
}
for (const { path, pattern } of stale)
  process.stdout.write(`the allowance for ${path} (${pattern}) is not needed any more\n`);
process.stdout.write(`${paths.length} files and the history of ${range}: ${once.size} secrets\n`);
process.exitCode = once.size + stale.length === 0 ? 0 : 1;
