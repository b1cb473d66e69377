import type { SandboxProfile } from '@wardmesh/sandbox';
import {
  MAX_FILE_BYTES,
  OPERATION_MEMORY,
  PROCESS_MEMORY,
  READY_DEADLINE,
  SECURE_HEAP_BYTES,
  SECURE_HEAP_MIN,
} from '../limits.ts';

/** Where the process reads how it is protected. */
const OWN_FACTS = ['limits', 'status', 'coredump_filter']
  .map((name) => `/proc/self/${name}`)
  .concat('/proc/sys/kernel/core_pattern');

export interface ProfileParts {
  /** The signer's own folder: the only place that it writes. */
  readonly folder: string;
  readonly approversFile: string;
  /** Whether the approvers' file is there to be read. */
  readonly hasApprovers: boolean;
  readonly main: string;
  readonly code: readonly string[];
  readonly backend: 'bubblewrap' | 'none';
  readonly rotationDays?: number;
  readonly fips?: boolean;
}

/**
 * What the signer is granted: no network, its own folder, and its code to read. Node's permission model says the same a
 * second time from inside, and takes workers, children, addons and the inspector away too.
 */
export function signerProfile(parts: ProfileParts): SandboxProfile {
  const { folder, approversFile, code, backend } = parts;
  const readable = [...code, folder, approversFile, ...OWN_FACTS];
  return {
    command: 'node',
    args: [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      `--allow-fs-write=${folder}`,
      // Newer releases put sockets under the model too; ours are Unix sockets in the granted folder.
      ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
      `--secure-heap=${SECURE_HEAP_BYTES}`,
      `--secure-heap-min=${SECURE_HEAP_MIN}`,
      '--disable-sigusr1',
      '--disable-proto=delete',
      '--disallow-code-generation-from-strings',
      '--no-warnings',
      parts.main,
      `--folder=${folder}`,
      `--approvers=${approversFile}`,
      `--contained=${backend}`,
      ...(parts.rotationDays === undefined ? [] : [`--rotation-days=${parts.rotationDays}`]),
      ...(parts.fips === true ? ['--fips'] : []),
    ],
    workingDirectory: folder,
    read: [...code, ...(parts.hasApprovers ? [approversFile] : [])],
    write: [folder],
    env: {},
    network: 'none',
    limits: {
      memoryBytes: PROCESS_MEMORY,
      perOperationBytes: OPERATION_MEMORY,
      processes: 64,
      fileSizeBytes: MAX_FILE_BYTES,
      openFiles: 512,
      startTimeoutMs: READY_DEADLINE,
    },
  };
}
