import { existsSync } from 'node:fs';
import { type Attempt, sh } from '../attempt.ts';

export const sysrq: Attempt = {
  name: 'sysrq',
  tried: 'write to /proc/sysrq-trigger (only "h", which prints help)',
  stoppedBy: 'read-only /proc',
  needsRoot: true,
  applies: () => existsSync('/proc/sysrq-trigger'),
  trial: () => sh('echo h > /proc/sysrq-trigger && echo PASSED'),
  reached: (_scene, output) => output.includes('PASSED'),
};
