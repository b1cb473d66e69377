// npm run audit: known advisories against both lockfiles; fails from severity high on. Report: .cache/reports/audit.json
// A registry without an advisory endpoint is said so, and the committed list decides instead: less than an audit, more
// than nothing. With --require-registry that is exit 5 (a pipeline that can reach a full registry must not settle for less).
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { REPORTS, ROOT } from './paths.ts';
import { run } from './run.ts';
import { type Finding, GATE, isGated, matchSnapshot, parseSnapshot, readNpmAudit } from './supply-chain/advisories.ts';
import { foreignPackages, readLock } from './supply-chain/lockfile.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const folders = [ROOT, `${ROOT}/runtime`];
const packages = folders.flatMap((folder) => foreignPackages(readLock(folder)));
const snapshot = parseSnapshot(readFileSync(`${ROOT}/internal/house/advisories.yaml`, 'utf8'));

const answers: (Finding[] | undefined)[] = [];
for (const cwd of folders) {
  const { stdout } = await run('npm', ['audit', '--json', '--package-lock-only'], { cwd, timeout: 60_000 });
  answers.push(readNpmAudit(stdout));
}
const fromRegistry = answers.every((answer) => answer !== undefined);

const found = new Map<string, Finding>();
for (const finding of [...answers.flatMap((answer) => answer ?? []), ...matchSnapshot(snapshot, packages)]) {
  found.set(`${finding.package} ${finding.version} ${finding.id}`, finding);
}
const findings = [...found.values()];

mkdirSync(REPORTS, { recursive: true });
const source = fromRegistry ? 'registry' : 'snapshot';
const report = { source, gate: GATE, packages: packages.length, snapshotReviewed: snapshot.reviewed, findings };
writeFileSync(`${REPORTS}/audit.json`, `${JSON.stringify(report, null, 2)}\n`);

if (!fromRegistry) {
  say('The registry answers no advisories here, so this is NOT a full audit:');
  say(
    `only the ${snapshot.advisories.length} committed advisories (reviewed ${snapshot.reviewed}) were held against the locks.`,
  );
}
for (const { package: name, version, severity, id, title } of findings)
  say(`${severity} ${name} ${version}: ${title} (${id})`);
const gated = findings.filter(isGated);
say(
  `${packages.length} packages, ${findings.length} advisories, ${gated.length} of severity ${GATE} or above (source: ${source})`,
);
process.exitCode = gated.length > 0 ? 1 : !fromRegistry && process.argv.includes('--require-registry') ? 5 : 0;
