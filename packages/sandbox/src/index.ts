export type { SandboxDeps } from './deps.ts';
export { isPublicAddress } from './egress/address.ts';
export type { Dial, EgressEvent, EgressRefusal, Resolver, SecretSource } from './egress/ports.ts';
export { type EgressDeps, EgressProxy } from './egress/proxy.ts';
export { SandboxError, type SandboxErrorCode } from './error.ts';
export { PER_OPERATION_BYTES } from './limits.ts';
export { type Capabilities, type Capability, probe } from './probe.ts';
export type { ExitReason, SandboxExit, SandboxedProcess } from './process/supervise.ts';
export {
  assertProfile,
  type EgressRule,
  profileHash,
  type SandboxBackend,
  type SandboxLimits,
  type SandboxProfile,
  type SecretHeader,
} from './profile.ts';
export { startSandboxed } from './start.ts';
