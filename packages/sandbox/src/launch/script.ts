import { DATA_HEADROOM_BYTES } from '../limits.ts';
import type { SandboxLimits } from '../profile.ts';

/** Descriptors of the launch protocol. 3 and 4 are read and closed by bwrap, 5 and 6 closed before the command runs. */
export const LAUNCH_FD = { seccomp: 3, args: 4, ready: 5, go: 6, status: 7 } as const;

/** Exit status of the launch script when a limit could not be set; the ready byte has not been written then. */
export const LAUNCH_FAILED = 125;

/**
 * What /bin/sh runs inside the finished sandbox: lowers the limits for good (hard and soft), says ready, waits for the
 * word that the cgroup holds it, then becomes the command. `ulimit -p` is dash's and BusyBox's name for the number of
 * tasks, `-u` is bash's; `-f` counts 512-byte blocks in POSIX mode, `-d` kilobytes.
 * Parameters: tasks, open files, file blocks, data KiB, CPU seconds or `-`, then the command.
 */
const LIMITS = [
  `ulimit -u "$1" 2>/dev/null || ulimit -p "$1" 2>/dev/null || exit ${LAUNCH_FAILED}`,
  `ulimit -c 0 && ulimit -n "$2" && ulimit -f "$3" && ulimit -d "$4" || exit ${LAUNCH_FAILED}`,
  `[ "$5" = - ] || ulimit -t "$5" || exit ${LAUNCH_FAILED}`,
  'shift 5',
];
const GATE = [
  `printf r >&${LAUNCH_FD.ready}`,
  `read -r _ <&${LAUNCH_FD.go} || exit ${LAUNCH_FAILED}`,
  `exec ${LAUNCH_FD.ready}>&- ${LAUNCH_FD.go}<&-`,
];
// The forwarder says ready itself, once it listens.
const GATE_WITH_FORWARDER = [
  `"$1" --max-old-space-size=32 "$2" "$3" "$4" >&${LAUNCH_FD.ready} 2>/dev/null </dev/null ${LAUNCH_FD.ready}>&- ${LAUNCH_FD.go}<&- &`,
  'shift 4',
  `read -r _ <&${LAUNCH_FD.go} || exit ${LAUNCH_FAILED}`,
  `exec ${LAUNCH_FD.ready}>&- ${LAUNCH_FD.go}<&-`,
];
const COMMAND = [`exec ${LAUNCH_FD.seccomp}<&- ${LAUNCH_FD.args}<&- ${LAUNCH_FD.status}>&-`, 'exec "$@"'];

/** A program that carries TCP of the sandbox's loopback to the proxy's Unix socket. */
export interface Forwarder {
  readonly node: string;
  readonly script: string;
  readonly socket: string;
  readonly port: number;
}

/** `/bin/sh` and its arguments that run `command` under `limits`. */
export function launchCommand(
  limits: SandboxLimits,
  command: readonly string[],
  forwarder: Forwarder | undefined,
): readonly string[] {
  const script = [...LIMITS, ...(forwarder === undefined ? GATE : GATE_WITH_FORWARDER), ...COMMAND].join('\n');
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
