import { type Attempt, sh } from '../attempt.ts';

export const readShadow: Attempt = {
  name: 'read-shadow',
  tried: 'read /etc/shadow',
  stoppedBy: 'mount table: /etc holds five files',
  needsRoot: true,
  trial: () => sh('cat /etc/shadow'),
  reached: (_scene, output) => /^root:[^\n]*:/m.test(output),
};
