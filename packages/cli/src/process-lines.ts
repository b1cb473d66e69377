import type { ProcessStatus } from './control-types.ts';

/** State of a process beside the gateway, in words: where it is, or why it is not. */
export function processState({ state, pid, address, restarts, error }: ProcessStatus): string {
  const again = restarts === 0 ? '' : `, started again ${restarts === 1 ? 'once' : `${restarts} times`}`;
  if (state === 'running') return `${address === undefined ? '' : `${address}, `}process ${pid}${again}`;
  const why = error === undefined ? '' : `: ${error.message}`;
  return `${WORDS[state] ?? state}${again}${why}`;
}

const WORDS: Readonly<Record<string, string>> = {
  starting: 'starting',
  'backing-off': 'ENDED, and is started again in a moment',
  broken: 'ENDED TOO OFTEN, and rests for minutes between tries',
  refused: 'NOT RUNNING',
  stopped: 'stopped',
};
