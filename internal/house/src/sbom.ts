// npm run sbom: the CycloneDX bill of materials of what is shipped, into sbom.json, validated against its schema.
import { readFileSync, rmSync } from 'node:fs';
import { ROOT } from './paths.ts';
import { run } from './run.ts';
import { type Bom, findBomFaults } from './supply-chain/bom.ts';
import { foreignPackages, readLock } from './supply-chain/lockfile.ts';
import { validateBom } from './supply-chain/validate-bom.ts';

const FILE = `${ROOT}/sbom.json`;
rmSync(FILE, { force: true });
const { code, stderr } = await run(`${ROOT}/node_modules/.bin/cyclonedx-npm`, [
  ...['--package-lock-only', '--omit', 'dev', '--spec-version', '1.6', '--output-format', 'JSON'],
  ...['--mc-type', 'application', '--output-reproducible', '--output-file', FILE],
]);
process.stderr.write(stderr);

const faults: string[] = [];
if (code === 0) {
  const json = readFileSync(FILE, 'utf8');
  const bom = JSON.parse(json) as Bom;
  const invalid = await validateBom(json, bom.specVersion);
  if (invalid !== null) faults.push(`the schema refuses it: ${JSON.stringify(invalid)}`);
  faults.push(...findBomFaults(bom, foreignPackages(readLock())));
  if (faults.length === 0) {
    const count = bom.components.length;
    process.stdout.write(`sbom.json: CycloneDX ${bom.specVersion}, ${count} components, valid against its schema\n`);
  }
}
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.exitCode = code === 0 && faults.length === 0 ? 0 : 1;
