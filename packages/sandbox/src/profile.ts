import { createHash } from 'node:crypto';
import { isAbsolute, normalize } from 'node:path';
import { canonicalize } from '@wardmesh/core';
import { sandboxError } from './error.ts';
import {
  MAX_ARG_BYTES,
  MAX_ARGS,
  MAX_EGRESS_RULES,
  MAX_ENV,
  MAX_GRANTS,
  MAX_PROCESSES,
  MIN_PROCESSES,
} from './limits.ts';

/** A secret the egress proxy adds to requests of one rule. It never enters the sandbox (WM-SBX-2). */
export interface SecretHeader {
  readonly header: string;
  /** The header's value with `${secret}` where the secret goes: `Bearer ${secret}`. */
  readonly template: string;
  /** What the {@link SecretSource} is asked for. */
  readonly ref: string;
}

export interface EgressRule {
  /** An exact host name, `*.suffix` (any name below, not the suffix itself), or a literal IP address. */
  readonly host: string;
  readonly port: number;
  readonly secrets?: readonly SecretHeader[];
}

export interface SandboxLimits {
  /** Resident private and shared memory of all processes together, bytes. */
  readonly memoryBytes: number;
  /** What each operation in flight may add, bytes (XR-EXEC-2). */
  readonly perOperationBytes: number;
  /** CPU time per process, whole seconds. */
  readonly cpuSeconds?: number;
  /** Tasks: processes and their threads. Node alone needs 11. */
  readonly processes: number;
  /** Largest file that can be written, bytes. */
  readonly fileSizeBytes: number;
  readonly openFiles: number;
  /** From spawn until the command is executed inside the finished sandbox, ms. */
  readonly startTimeoutMs: number;
}

/** What one connector is granted. All else is absent. */
export interface SandboxProfile {
  /** `node` (the gateway's own runtime), a name looked up in /usr/bin, or an absolute path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly workingDirectory?: string;
  /** Absolute host paths, seen read-only under the same name. */
  readonly read: readonly string[];
  /** Absolute host paths, seen writable under the same name. */
  readonly write: readonly string[];
  /** The whole environment but PATH, HOME, LANG and the proxy's variables. No secret belongs here. */
  readonly env: Readonly<Record<string, string>>;
  readonly network: 'none' | { readonly egress: readonly EgressRule[] };
  readonly limits: SandboxLimits;
}

export type SandboxBackend = 'bubblewrap' | 'none';

/** Raised when what a hash covers changes meaning: the layout, the filter, the defaults. */
const PROFILE_VERSION = 1;

/** `sha256:…` over the canonical profile and the backend: what a receipt says about containment. */
export function profileHash(profile: SandboxProfile, backend: SandboxBackend): string {
  const text = canonicalize({ v: PROFILE_VERSION, backend, profile });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** @throws SandboxError SANDBOX_PROFILE_INVALID, naming the member. */
export function assertProfile(profile: SandboxProfile): void {
  const fault = findFault(profile);
  if (fault !== undefined) throw sandboxError('SANDBOX_PROFILE_INVALID', `the sandbox profile is not valid: ${fault}`);
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is spelled so in configuration.
export const SECRET_PLACEHOLDER = '${secret}';
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that would reach into the loader or the launcher's own shell before the command runs. */
const ENV_REFUSED = /^(?:LD_.*|BASH_ENV|ENV|IFS|PS4|SHELLOPTS|BASHOPTS|GLIBC_TUNABLES)$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HOST = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const IPV6_LITERAL = /^[0-9a-f:.]+$/;

function findFault(p: SandboxProfile): string | undefined {
  if (!isText(p.command) || p.command === '' || p.command.startsWith('-')) return 'command';
  if (p.command.includes('/') && !isAbsolutePath(p.command)) return 'command must be a name or an absolute path';
  if (p.args.length > MAX_ARGS || !p.args.every(isText)) return 'args';
  if (p.args.reduce((sum, arg) => sum + Buffer.byteLength(arg), 0) > MAX_ARG_BYTES) return 'args are too long';
  if (p.workingDirectory !== undefined && !isAbsolutePath(p.workingDirectory)) return 'workingDirectory';
  if (p.read.length + p.write.length > MAX_GRANTS) return 'more than 64 granted paths';
  if (!p.read.every(isAbsolutePath)) return 'read must hold absolute paths without .. parts';
  if (!p.write.every(isAbsolutePath)) return 'write must hold absolute paths without .. parts';
  const env = Object.entries(p.env);
  if (env.length > MAX_ENV) return 'env';
  for (const [name, value] of env) {
    if (!ENV_NAME.test(name) || ENV_REFUSED.test(name) || !isText(value)) return `env.${name}`;
  }
  if (p.network !== 'none') {
    if (p.network.egress.length > MAX_EGRESS_RULES) return 'network.egress';
    for (const [i, rule] of p.network.egress.entries()) {
      const fault = findRuleFault(rule);
      if (fault !== undefined) return `network.egress[${i}].${fault}`;
    }
  }
  return findLimitFault(p.limits);
}

function findRuleFault(rule: EgressRule): string | undefined {
  const host = rule.host;
  if (host.length > 253 || !(host.includes(':') ? IPV6_LITERAL : HOST).test(host)) return 'host';
  // `*.com` would grant a whole registry.
  if (host.startsWith('*.') && host.split('.').length < 3) return 'host is too wide';
  if (!isWhole(rule.port, 1, 65_535)) return 'port';
  for (const secret of rule.secrets ?? []) {
    if (!HEADER_NAME.test(secret.header)) return 'secrets.header';
    if (secret.template.split(SECRET_PLACEHOLDER).length !== 2 || /[^\t\x20-\x7e]/.test(secret.template)) {
      return `secrets.template must hold ${SECRET_PLACEHOLDER} once`;
    }
    if (secret.ref === '') return 'secrets.ref';
  }
  return undefined;
}

function findLimitFault(limits: SandboxLimits): string | undefined {
  const terabyte = 2 ** 40;
  if (!isWhole(limits.memoryBytes, 2 ** 24, terabyte)) return 'limits.memoryBytes';
  if (!isWhole(limits.perOperationBytes, 2 ** 20, terabyte)) return 'limits.perOperationBytes';
  if (limits.cpuSeconds !== undefined && !isWhole(limits.cpuSeconds, 1, 2 ** 31)) return 'limits.cpuSeconds';
  if (!isWhole(limits.processes, MIN_PROCESSES, MAX_PROCESSES)) return 'limits.processes';
  if (!isWhole(limits.fileSizeBytes, 0, terabyte)) return 'limits.fileSizeBytes';
  if (!isWhole(limits.openFiles, 32, 65_536)) return 'limits.openFiles';
  if (!isWhole(limits.startTimeoutMs, 100, 600_000)) return 'limits.startTimeoutMs';
  return undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isAbsolutePath(path: unknown): path is string {
  return isText(path) && isAbsolute(path) && !path.split('/').includes('..') && normalize(path).length <= 4_095;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}
