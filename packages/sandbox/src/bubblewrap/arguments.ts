import { dirname } from 'node:path';
import { isWithin, type Mount } from '../grants.ts';
import { LAUNCH_FD } from '../launch/script.ts';
import { SCRATCH_BYTES, SHARED_MEMORY_BYTES } from '../limits.ts';

/** Everything the mount table and the environment depend on. */
export interface Layout {
  readonly mounts: readonly Mount[];
  /** The folder of the Node binary that runs us. */
  readonly runtime: string;
  /** Our own `passwd`, `group`, `nsswitch.conf`, `hosts`. */
  readonly rootfs: string;
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string>>;
  /** Where egress is granted: the proxy's socket on the host, and the forwarder's script. */
  readonly egress?: { readonly socket: string; readonly script: string };
}

export const SANDBOX_HOME = '/home/sbx';
export const SANDBOX_PATH = '/usr/local/bin:/usr/bin:/bin';
export const EGRESS_SOCKET = '/run/ward/egress.sock';
export const EGRESS_SCRIPT = '/run/ward/forward.mjs';

/** The usr-merged links of every current distribution; where one is a real folder it is bound below. */
const USR_LINKS = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'] as const;

/**
 * Options of bwrap(1), to be passed through `--args`, so that no process inside can read them from /proc/1/cmdline.
 * @param links what `readlink` says of /bin, /lib …, by name: part of the layout, because it is the host's.
 */
export function bubblewrapArguments(layout: Layout, links: Readonly<Record<string, string>>): readonly string[] {
  const args = [
    // All namespaces; the user namespace can make no further one, and nobody in it is root.
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000'],
    ...['--hostname', 'sandbox', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...['--ro-bind', '/usr', '/usr'],
  ];
  for (const name of USR_LINKS) {
    const target = links[name];
    if (target !== undefined) args.push('--symlink', target, `/${name}`);
    else args.push('--ro-bind-try', `/${name}`, `/${name}`);
  }
  args.push(
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--size', String(SHARED_MEMORY_BYTES), '--tmpfs', '/dev/shm'],
    ...['--size', String(SCRATCH_BYTES), '--tmpfs', '/tmp', '--size', String(SCRATCH_BYTES), '--tmpfs', SANDBOX_HOME],
    ...['--dir', '/etc', '--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ...['--ro-bind-try', '/etc/ssl/certs', '/etc/ssl/certs'],
  );
  for (const name of ['passwd', 'group', 'nsswitch.conf', 'hosts']) {
    args.push('--ro-bind', `${layout.rootfs}/${name}`, `/etc/${name}`);
  }
  if (!isWithin(layout.runtime, '/usr')) args.push('--ro-bind', layout.runtime, layout.runtime);
  for (const mount of layout.mounts) args.push(mount.writable ? '--bind' : '--ro-bind', mount.source, mount.target);
  if (layout.egress !== undefined) {
    args.push('--dir', dirname(EGRESS_SOCKET), '--ro-bind', layout.egress.socket, EGRESS_SOCKET);
    args.push('--ro-bind', layout.egress.script, EGRESS_SCRIPT);
  }
  for (const [name, value] of Object.entries(layout.env)) args.push('--setenv', name, value);
  args.push(
    // bwrap leaves /proc/sys writable to the sandbox's owner: run by root, that is the machine's core_pattern.
    // Its root and /dev are tmpfs without a size.
    ...['--remount-ro', '/proc', '--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', layout.workingDirectory],
    ...['--seccomp', String(LAUNCH_FD.seccomp), '--json-status-fd', String(LAUNCH_FD.status)],
  );
  return args;
}
