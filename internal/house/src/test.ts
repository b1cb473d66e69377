// ./ward test: every check of the project, phase by phase; the last line is the total.
//   ./ward test            everything          ./ward test PHASE…     those phases (lint, types, tests, …)
//   ./ward test PATTERN…   the test files whose path holds PATTERN; further words go to vitest (-t NAME)
import { formatTotal, isGreen, type Outcome, sum } from './test-run/outcome.ts';
import { PHASES, type Phase } from './test-run/phases.ts';
import { missingPackages } from './test-run/system.ts';

const ci = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false';
const args = process.argv.slice(2);
const say = (line = ''): void => void process.stdout.write(`${line}\n`);

/** Phases by name where every word is one; else the tests that the words choose; else all. */
function choose(): { phases: readonly Phase[]; args: readonly string[] } {
  const named = args.map((word) => PHASES.find(({ name }) => name === word));
  if (args.length === 0) return { phases: PHASES, args: [] };
  if (named.every((phase) => phase !== undefined)) return { phases: named, args: [] };
  return { phases: PHASES.filter(({ name }) => name === 'tests'), args };
}

const chosen = choose();
const outcomes: Outcome[] = [];
for (const [index, phase] of chosen.phases.entries()) {
  say();
  say(`── ${index + 1}/${chosen.phases.length} ${phase.name}: ${phase.about}`);
  if (phase.present?.() === false) {
    say('   not in this checkout');
    continue;
  }
  const start = performance.now();
  const outcome = await phase.run(chosen.args);
  outcomes.push(outcome);
  say(`   ${formatTotal(outcome)} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

const total = sum(outcomes);
say();
for (const note of total.notes) say(note);
if (total.skipped > 0) {
  const missing = missingPackages();
  if (missing.length > 0) say(`skipped because of missing system packages: sudo apt-get install ${missing.join(' ')}`);
  if (ci) say('CI counts a skipped test as a failure of the run');
}
process.exitCode = isGreen(total, ci) ? 0 : 1;
say();
say(formatTotal(total));
