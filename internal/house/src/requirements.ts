// npm run requirements [-- --json | --brief]: which requirements are cited by tests. Exit 1 on an unknown id or one in a skipped test.
import { readFileSync } from 'node:fs';
import { ROOT } from './paths.ts';
import { readCitations } from './requirements/citations.ts';
import { parseManifest } from './requirements/manifest.ts';
import { formatReport, report } from './requirements/report.ts';
import { trackedFiles } from './run.ts';

const manifest = parseManifest(readFileSync(`${ROOT}/internal/house/requirements.yaml`, 'utf8'));
const tests = (await trackedFiles()).filter((path) => path.endsWith('.test.ts'));
const result = report(
  manifest,
  tests.map((path) => readCitations(path, readFileSync(`${ROOT}/${path}`, 'utf8'))),
);

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ cited: result.cited, open: result.open }, null, 2)}\n`);
  for (const fault of result.faults) process.stderr.write(`${fault}\n`);
} else {
  process.stdout.write(`${formatReport(manifest, result, process.argv.includes('--brief'))}\n`);
}
process.exitCode = result.faults.length === 0 ? 0 : 1;
