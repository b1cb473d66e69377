import { syscallAttempt } from '../attempt.ts';

// KEYCTL_GET_KEYRING_ID of the session keyring.
export const keyring = syscallAttempt('keyring', [250, 219], '0, -3, 0', {
  tried: "reach the kernel's keyrings",
});
