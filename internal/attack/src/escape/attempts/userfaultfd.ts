import { syscallAttempt } from '../attempt.ts';

export const userfaultfd = syscallAttempt('userfaultfd', [323, 282], '1', {
  tried: 'open a userfaultfd, the lever of many kernel exploits',
});
