import { type Attempt, sh } from '../attempt.ts';

export const coreDump: Attempt = {
  name: 'core-dump',
  tried: 'allow itself core dumps, which the host would write',
  stoppedBy: 'RLIMIT_CORE 0, hard',
  trial: () => sh('ulimit -H -c unlimited; ulimit -c unlimited && [ "$(ulimit -c)" != 0 ] && echo PASSED'),
  reached: (_scene, output) => output.includes('PASSED'),
};
