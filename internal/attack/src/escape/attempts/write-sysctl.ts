import { type Attempt, sh } from '../attempt.ts';

export const writeSysctl: Attempt = {
  name: 'write-sysctl',
  tried: 'write /proc/sys/kernel/core_pattern (its own value), which names a program that the host runs as root',
  stoppedBy: 'read-only /proc',
  needsRoot: true,
  trial: () =>
    sh('p=$(cat /proc/sys/kernel/core_pattern) && printf "%s\\n" "$p" > /proc/sys/kernel/core_pattern && echo PASSED'),
  reached: (_scene, output) => output.includes('PASSED'),
};
