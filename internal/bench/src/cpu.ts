import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

let pinning: boolean | undefined;

/** Whether processes can be bound to processors here: Linux, `taskset`, two processors. */
export function canPin(): boolean {
  pinning ??=
    process.platform === 'linux' && availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
  return pinning;
}

/** The command line that runs `command` on one processor, or unchanged where that can not be had. */
export function onCpu(cpu: number, command: readonly string[]): readonly string[] {
  return canPin() ? ['taskset', '-c', String(cpu), ...command] : command;
}
