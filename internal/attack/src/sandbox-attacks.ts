import type { Attempt, Verdict } from './attempt.ts';
import { ATTEMPTS } from './escape/attempts/index.ts';
import { type EscapeResult, runEscapeCorpus } from './escape/index.ts';

/** Runs the escape corpus in the default sandbox, and each attempt without one. */
export async function runSandboxAttacks(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  const attempts = ATTEMPTS.filter(({ name }) => only(name));
  return (await runEscapeCorpus('bubblewrap', () => {}, { attempts })).map(toAttempt);
}

function toAttempt(result: EscapeResult): Attempt {
  return {
    id: result.attempt,
    by: 'sandbox',
    title: result.tried,
    observed: result.outcome === 'stopped' || result.control === 'needs root' ? result.stoppedBy : result.outcome,
    control: result.control,
    verdict: verdictOf(result),
  };
}

/** A control that only root can run says nothing against an attempt that an ordinary user saw stopped. */
function verdictOf({ outcome, control }: EscapeResult): Verdict {
  if (outcome === 'escaped') return 'got through';
  return outcome === 'stopped' || control === 'needs root' ? 'stopped' : 'no control';
}
