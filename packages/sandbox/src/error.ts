import { CodedError, type ErrorFields } from '@wardmesh/core';

/** Everything this package refuses or fails with. */
export type SandboxErrorCode =
  | 'SANDBOX_UNAVAILABLE' // this machine cannot contain as asked; nothing was started
  | 'SANDBOX_PROFILE_INVALID' // the profile is not well formed
  | 'SANDBOX_PATH_REFUSED' // a granted path may never be granted
  | 'SANDBOX_START_FAILED' // the sandbox ended before the command began
  | 'SANDBOX_START_TIMEOUT'; // the sandbox was not ready in limits.startTimeoutMs

export class SandboxError extends CodedError<SandboxErrorCode> {}

export function sandboxError(code: SandboxErrorCode, message: string, fields: ErrorFields = {}): SandboxError {
  return new SandboxError(code, message, fields);
}
