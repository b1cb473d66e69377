import type { Clock } from '@wardmesh/core';
import type { Dial, EgressEvent, Resolver, SecretSource } from './egress/ports.ts';

export interface SandboxDeps {
  /** The gateway's home; never granted. */
  readonly wardHome?: string;
  /** Folders inside the home that may be granted: the workspace. */
  readonly openInHome?: readonly string[];
  /** Where the proxy's socket is made; must be short. Default: the system's temporary folder. */
  readonly runtimeDirectory?: string;
  /** Asked for the secrets of egress rules. Without it, rules with secrets are refused. */
  readonly secrets?: SecretSource;
  readonly resolver?: Resolver;
  readonly dial?: Dial;
  /** Certificate authorities for the egress proxy's upstreams, PEM. */
  readonly ca?: string | readonly string[];
  readonly onEgress?: (event: EgressEvent) => void;
  readonly clock?: Clock;
  /** Root of the control groups; null uses none. Default /sys/fs/cgroup. */
  readonly cgroupRoot?: string | null;
  /** Where bwrap is looked for, instead of the usual places. */
  readonly bubblewrapPlaces?: readonly string[];
}
