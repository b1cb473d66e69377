import type { SandboxLimits, SandboxProfile } from '../src/index.ts';

const MEBIBYTE = 1_048_576;

/** A profile that grants nothing, changed as asked. */
export function testProfile(
  change: Omit<Partial<SandboxProfile>, 'limits'> & { readonly limits?: Partial<SandboxLimits> } = {},
): SandboxProfile {
  return {
    command: 'node',
    args: ['-e', '0'],
    read: [],
    write: [],
    env: {},
    network: 'none',
    ...change,
    limits: {
      memoryBytes: 512 * MEBIBYTE,
      perOperationBytes: 50 * MEBIBYTE,
      processes: 64,
      fileSizeBytes: 16 * MEBIBYTE,
      openFiles: 256,
      startTimeoutMs: 10_000,
      ...change.limits,
    },
  };
}
