import { syscallAttempt } from '../attempt.ts';

// syslog(SYSLOG_ACTION_SIZE_BUFFER) would be allowed to anyone; SIZE_UNREAD reads the kernel's log state as root.
export const kernelLog = syscallAttempt('kernel-log', [103, 116], '9, 0, 0', {
  tried: "read the kernel's log",
  needsRoot: true,
});
