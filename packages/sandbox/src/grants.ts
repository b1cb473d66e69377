import { lstatSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { sandboxError } from './error.ts';
import type { SandboxProfile } from './profile.ts';

/** One path made visible: `source` on the host, without symbolic links, appears as `target`. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

/** Places whose content decides over the machine or over identities. Granting any part of them is refused. */
const SYSTEM_SECRETS: readonly string[] = [
  '/proc',
  '/sys',
  '/dev',
  '/run',
  '/boot',
  '/etc/shadow',
  '/etc/shadow-',
  '/etc/gshadow',
  '/etc/gshadow-',
  '/etc/sudoers',
  '/etc/sudoers.d',
  '/etc/ssh',
  '/etc/ssl/private',
  '/etc/krb5.keytab',
  '/var/run',
  '/var/lib/docker',
  '/var/lib/containerd',
  '/var/lib/kubelet',
];
const HOME_SECRETS: readonly string[] = [
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.docker',
  '.config/gcloud',
  '.config/gh',
  '.config/solana',
  '.foundry/keystores',
  '.ethereum/keystore',
  '.sui',
  '.password-store',
  '.local/share/keyrings',
  '.netrc',
  '.npmrc',
  '.git-credentials',
];

/**
 * The mounts of a profile. Symbolic links are resolved once, here; the sandbox then sees what was checked.
 * @param wardHome the gateway's own home, never granted, nor anything around it.
 * @param open folders inside it that may be granted none the less: the workspace.
 * @throws SandboxError SANDBOX_PATH_REFUSED where a path is missing, is or holds a secret place, or a link that a sandbox
 * could have planted leads out of the folder it is written in.
 */
export function resolveGrants(
  profile: SandboxProfile,
  wardHome: string | undefined,
  open: readonly string[] = [],
): readonly Mount[] {
  const closed = closedPlaces(wardHome);
  const opened = open.map((path) => realpathOrSame(path));
  const writable = profile.write.map((path) => realpathOrSame(path));

  const resolve = (path: string, isWritable: boolean): Mount => {
    const target = trimSlash(normalize(path));
    const source = realpathOrRefuse(target);
    for (const secret of closed) {
      if (isWithin(source, secret) && !opened.some((folder) => isWithin(source, folder) && isBelow(folder, secret)))
        throw refused(path, 'it lies in a place that is never granted');
      if (isWithin(secret, source)) throw refused(path, `it holds ${secret}, which is never granted`);
    }
    // A link inside a writable folder may be the work of an earlier run in this sandbox.
    const around = linkParents(target).find((link) => writable.some((folder) => isBelow(link, folder)));
    if (around !== undefined && !writable.some((folder) => isBelow(around, folder) && isWithin(source, folder))) {
      throw refused(path, 'a symbolic link in a writable folder leads out of it');
    }
    const kind = statSync(source);
    if (!kind.isFile() && !kind.isDirectory()) throw refused(path, 'it is neither a file nor a folder');
    if (isWritable && (isWithin(source, '/usr') || isWithin('/usr', source)))
      throw refused(path, 'system folders are never writable');
    return { source, target, writable: isWritable };
  };

  const mounts = [...profile.read.map((p) => resolve(p, false)), ...profile.write.map((p) => resolve(p, true))];
  // Outer folders first, so that an inner grant is mounted over the outer one and keeps its own mode.
  return mounts.sort((a, b) => a.target.length - b.target.length || Number(a.writable) - Number(b.writable));
}

const closedByHome = new Map<string, readonly string[]>();

/** Every place that is never granted, as spelled and as resolved. */
function closedPlaces(wardHome = ''): readonly string[] {
  let closed = closedByHome.get(wardHome);
  if (closed === undefined) {
    const home = homedir();
    const forbidden = [...SYSTEM_SECRETS, ...HOME_SECRETS.map((name) => join(home, name))];
    if (wardHome !== '') forbidden.push(wardHome);
    closed = [...new Set(forbidden.flatMap((path) => [path, realpathOrSame(path)]))];
    closedByHome.set(wardHome, closed);
  }
  return closed;
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || isBelow(path, folder);
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}

/** Canonical places of the symbolic links that the path's own components are. */
function linkParents(path: string): string[] {
  const links: string[] = [];
  const parts = path.split('/').filter((part) => part !== '');
  let at = '/';
  for (const part of parts) {
    const next = join(realpathOrSame(at), part);
    if (lstatSync(next, { throwIfNoEntry: false })?.isSymbolicLink() === true) links.push(next);
    at = next;
  }
  return links;
}

function realpathOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // A name below a resolved parent: WARD_HOME may not exist yet.
    const parent = dirname(path);
    return parent === path ? path : join(realpathOrSame(parent), path.slice(parent.length).replace(/^\//, ''));
  }
}

function realpathOrRefuse(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw refused(path, 'it does not exist or cannot be reached', cause);
  }
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function refused(path: string, reason: string, cause?: unknown): Error {
  return sandboxError('SANDBOX_PATH_REFUSED', `the path ${path} cannot be granted: ${reason}`, {
    hint: 'Grant the narrowest folder the server needs.',
    ...(cause !== undefined && { cause }),
  });
}
