import type { SandboxBackend } from '@wardmesh/sandbox';
import { type Attempt, RAN, type Trial } from './attempt.ts';
import { ATTEMPTS } from './attempts/index.ts';
import { runContained, runUncontained } from './run-trial.ts';
import { openScene, type Scene } from './scene.ts';

/** What became of one attempt. */
export interface EscapeResult {
  readonly attempt: string;
  readonly tried: string;
  readonly stoppedBy: string;
  /** The same attempt uncontained: only where it succeeds does `stopped` mean anything. */
  readonly control: 'succeeded' | 'failed' | 'needs root';
  readonly outcome: 'stopped' | 'escaped' | 'inconclusive';
}

export interface EscapeOptions {
  /** Some attempts only. */
  readonly attempts?: readonly Attempt[];
  /** null: without control groups, as an ordinary user would have it. */
  readonly cgroupRoot?: null;
}

/** Runs every attempt in `backend`, and its control; tells each result as it comes. */
export async function runEscapeCorpus(
  backend: SandboxBackend,
  report: (result: EscapeResult) => void = () => {},
  options: EscapeOptions = {},
): Promise<EscapeResult[]> {
  const results: EscapeResult[] = [];
  for (const attempt of options.attempts ?? ATTEMPTS) {
    if (attempt.applies?.() === false) continue;
    const result = await runAttempt(attempt, backend, options);
    results.push(result);
    report(result);
  }
  return results;
}

async function runAttempt(attempt: Attempt, backend: SandboxBackend, options: EscapeOptions): Promise<EscapeResult> {
  const { name, tried, stoppedBy } = attempt;
  // The environment of this very process is a secret the contained one must not inherit.
  process.env.WARD_ESCAPE_CANARY = '';
  let ran = false;
  const contained = await inScene(async (scene) => {
    process.env.WARD_ESCAPE_CANARY = scene.token;
    // Without a sandbox only the form made to be harmless may run.
    const trial = backend === 'none' ? uncontained(attempt, scene) : attempt.trial(scene);
    const output = await runContained(trial, scene, backend, options);
    ran = output.includes(RAN);
    return attempt.reached(scene, output);
  });
  const mayControl = attempt.needsRoot !== true || process.getuid?.() === 0;
  const open =
    mayControl &&
    (await inScene(async (scene) => {
      process.env.WARD_ESCAPE_CANARY = scene.token;
      return attempt.reached(scene, await runUncontained(uncontained(attempt, scene), scene));
    }));
  delete process.env.WARD_ESCAPE_CANARY;
  const control = open ? 'succeeded' : mayControl ? 'failed' : 'needs root';
  const outcome = contained ? 'escaped' : open && ran ? 'stopped' : 'inconclusive';
  return { attempt: name, tried, stoppedBy, control, outcome };
}

function uncontained(attempt: Attempt, scene: Scene): Trial {
  return attempt.control?.(scene) ?? attempt.trial(scene);
}

async function inScene<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const scene = await openScene();
  try {
    return await work(scene);
  } finally {
    scene.close();
  }
}

/** The results as an aligned text table. */
export function formatEscapeTable(results: readonly EscapeResult[]): string {
  const rows = [
    ['attempt', 'outcome', 'control', 'stopped by', 'tried'],
    ...results.map((r) => [r.attempt, r.outcome, r.control, r.stoppedBy, r.tried]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
