import { type Attempt, passed, perl } from '../attempt.ts';

export const setUserId: Attempt = {
  name: 'set-user-id',
  tried: 'become root by setuid(0) and list the keys of root',
  stoppedBy: 'user namespace without root, no_new_privs',
  needsRoot: true,
  trial: () => perl('$( = $) = 0; $< = $> = 0; $< == 0 && opendir(my $d, "/root")'),
  reached: passed,
};
