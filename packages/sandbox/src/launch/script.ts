import { DATA_HEADROOM_BYTES } from '../limits.ts';
import type { SandboxLimits } from '../profile.ts';

/**
 * Descriptors of the launch, all of one digit because that is what every sh can name. bwrap reads and closes 3, 4 and 7;
 * the script closes the others before the command runs.
 */
export const LAUNCH_FD = { seccomp: 3, args: 4, ready: 5, status: 7, cgroups: [6, 8, 9] } as const;

/** Exit status of the launch script when a limit could not be set; the ready byte has not been written then. */
export const LAUNCH_FAILED = 125;

/**
 * What /bin/sh runs inside the finished sandbox: joins the control groups whose door the launcher opened (`0` is
 * the writer itself), lowers the limits for good (hard and soft), says ready, then becomes the command. `ulimit -p` is
 * dash's and BusyBox's name for the number of tasks, `-u` is bash's; `-f` counts 512-byte blocks in POSIX mode, `-d`
 * kilobytes. Parameters: tasks, open files, file blocks, data KiB, CPU seconds or `-`, then the command.
 */
const LIMITS = [
  `ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null || exit ${LAUNCH_FAILED}`,
  `ulimit -c 0 && ulimit -n "$2" && ulimit -f "$3" && ulimit -d "$4" || exit ${LAUNCH_FAILED}`,
  `[ "$5" = - ] || ulimit -t "$5" || exit ${LAUNCH_FAILED}`,
  'shift 5',
];
const CLOSE_ALL = '3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-';
// The forwarder writes one byte and closes its output once it listens, which ends the substitution.
const FORWARD = [
  `[ "$("$1" --max-old-space-size=32 "$2" "$3" "$4" 2>/dev/null </dev/null ${CLOSE_ALL} &)" = r ] || exit ${LAUNCH_FAILED}`,
  'shift 4',
];
const COMMAND = [`printf r >&${LAUNCH_FD.ready}`, `exec ${CLOSE_ALL}`, 'exec "$@"'];

/** A program that carries TCP of the sandbox's loopback to the proxy's Unix socket. */
export interface Forwarder {
  readonly node: string;
  readonly script: string;
  readonly socket: string;
  readonly port: number;
}

/** `/bin/sh` and its arguments that run `command` under `limits`, in as many control groups as descriptors were given. */
export function launchCommand(
  limits: SandboxLimits,
  command: readonly string[],
  options: { readonly cgroups: number; readonly forwarder?: Forwarder | undefined },
): readonly string[] {
  const { forwarder } = options;
  const join = LAUNCH_FD.cgroups.slice(0, options.cgroups).map((fd) => `echo 0 >&${fd} || exit ${LAUNCH_FAILED}`);
  const script = [...join, ...LIMITS, ...(forwarder === undefined ? [] : FORWARD), ...COMMAND].join('\n');
  const numbers = [
    limits.processes,
    limits.openFiles,
    Math.ceil(limits.fileSizeBytes / 512),
    Math.ceil((limits.memoryBytes + DATA_HEADROOM_BYTES) / 1_024),
    limits.cpuSeconds ?? '-',
  ].map(String);
  const forward =
    forwarder === undefined ? [] : [forwarder.node, forwarder.script, forwarder.socket, String(forwarder.port)];
  return ['/bin/sh', '-c', script, 'ward-launch', ...numbers, ...forward, ...command];
}
