import type { ProviderGrants } from '@wardmesh/key-providers';
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
  /** The operator's file of key providers, and what those in it need; left out where there are none. */
  readonly providers?: { readonly file: string; readonly grants: ProviderGrants };
  readonly main: string;
  readonly code: readonly string[];
  readonly backend: 'bubblewrap' | 'none';
  readonly rotationDays?: number;
  readonly fips?: boolean;
}

const NO_GRANTS: ProviderGrants = { read: [], write: [], env: {}, egress: [], addons: false };

/**
 * What the signer is granted: no network, its own folder, and its code to read. Node's permission model says the same a
 * second time from inside, and takes workers, children, addons and the inspector away too. Only where the operator
 * configured a provider of keys does that get what it needs: its files, native code, one host (decision 13).
 */
export function signerProfile(parts: ProfileParts): SandboxProfile {
  const { folder, approversFile, code, backend, providers } = parts;
  const grants = providers?.grants ?? NO_GRANTS;
  const granted = providers === undefined ? [] : [providers.file, ...grants.read];
  const readable = [...code, folder, approversFile, ...granted, ...grants.write, ...OWN_FACTS];
  return {
    command: 'node',
    args: [
      '--permission',
      ...readable.map((path) => `--allow-fs-read=${path}`),
      ...[folder, ...grants.write].map((path) => `--allow-fs-write=${path}`),
      ...(grants.addons ? ['--allow-addons'] : []),
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
      ...(providers === undefined ? [] : [`--providers=${providers.file}`]),
      ...(grants.addons ? ['--addons'] : []),
    ],
    workingDirectory: folder,
    read: [...code, ...(parts.hasApprovers ? [approversFile] : []), ...granted],
    write: [folder, ...grants.write],
    env: grants.env,
    network: grants.egress.length === 0 ? 'none' : { egress: grants.egress },
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
