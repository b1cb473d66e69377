import type { SandboxLimits } from '@wardmesh/sandbox';
import type { Scene } from './scene.ts';

/** What is run, the same inside and outside. */
export interface Trial {
  readonly command: string;
  readonly args: readonly string[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limits?: Partial<SandboxLimits>;
  /** Ends the trial after so long, ms; without it the trial ends by itself, or after TRIAL_MS. */
  readonly killAfterMs?: number;
}

/** One way to get out, or to take more than granted. */
export interface Attempt {
  readonly name: string;
  /** What the hostile program does. */
  readonly tried: string;
  /** What must stop it. */
  readonly stoppedBy: string;
  /** Uncontained it works for root only, so only root can show that the rig sees it. */
  readonly needsRoot?: boolean;
  /** False where this machine lacks what is attacked. */
  applies?(): boolean;
  trial(scene: Scene): Trial;
  /** Another way to run it uncontained, where the trial itself would harm the machine. */
  control?(scene: Scene): Trial;
  /** Whether it got through: seen from outside, or by a token it could not know otherwise. */
  reached(scene: Scene, output: string): boolean | Promise<boolean>;
}

/** Longest a trial runs, ms. */
export const TRIAL_MS = 15_000;

/** Printed first by every trial: a trial that did not run shows nothing. */
export const RAN = 'TRIAL-RAN';

export function sh(script: string, ...args: readonly string[]): Pick<Trial, 'command' | 'args'> {
  return { command: '/bin/sh', args: ['-c', `echo ${RAN}\n${script}`, 'sh', ...args] };
}

export function node(script: string, ...args: readonly string[]): Pick<Trial, 'command' | 'args'> {
  return { command: 'node', args: ['-e', `require('fs').writeSync(1,'${RAN}\\n');${script}`, '--', ...args] };
}

/** perl speaks system calls without a compiler. `PASSED` is printed where the last expression of `script` is true. */
export function perl(script: string, ...args: readonly string[]): Pick<Trial, 'command' | 'args'> {
  return {
    command: '/usr/bin/perl',
    args: ['-e', `syswrite STDOUT, "${RAN}\\n"; print "PASSED\\n" if do { ${script} };`, ...args],
  };
}

export function passed(_scene: Scene, output: string): boolean {
  return output.includes('PASSED');
}

/** The number of a system call here: [x86_64, aarch64]. */
export function syscallNumber(numbers: readonly [number, number]): number {
  return process.arch === 'arm64' ? numbers[1] : numbers[0];
}

/** A forbidden system call. `args` is perl source; what it returns must not be -1. */
export function syscallAttempt(
  name: string,
  numbers: readonly [number, number],
  args: string,
  options: { readonly tried: string; readonly needsRoot?: boolean; readonly setUp?: string },
): Attempt {
  return {
    name,
    tried: options.tried,
    stoppedBy: 'seccomp filter',
    ...(options.needsRoot === true && { needsRoot: true }),
    trial: () => perl(`${options.setUp ?? ''} my @a = (${args}); syscall(${syscallNumber(numbers)}, @a) != -1`),
    reached: passed,
  };
}
