import type { Manifest, Workspace } from '../bans/workspace.ts';
import { isAllowed, READ_BY_HAND } from './licences.ts';
import { foreignPackages, type LockEntry } from './lockfile.ts';

type Lock = Readonly<Record<string, LockEntry>>;

/** What `.npmrc` must say, and why. */
export const NPMRC: Readonly<Record<string, string>> = {
  'ignore-scripts': 'a dependency’s install script runs with the rights of whoever installs',
  'package-lock': 'what is installed is what was reviewed',
  'save-exact': 'a range lets tomorrow’s release in unread',
  'strict-ssl': 'a registry is only as true as its certificate',
  'omit-lockfile-registry-resolved': 'whoever installs chooses the registry; integrity hashes hold the content',
};

/** Packages whose install script does not run here, and why that is well. A new one is a decision, so it fails first. */
export const SCRIPTS_NOT_RUN: Readonly<Record<string, string>> = {
  '@modelcontextprotocol/inspector':
    'used as a command-line client in the conformance run; its script is for its web part',
  esbuild: 'the script only checks the binary that npm installs as an optional dependency',
  libxmljs2: 'optional XML validation of the SBOM tool; we write JSON',
  pkcs11js: 'the script compiles; packages/key-providers/build-pkcs11.sh compiles the same files where tokens are used',
  tldjs: 'the script updates a list of domains; the packed list serves (bench peer only)',
};

const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

export function dependenciesOf(manifest: Manifest): [name: string, version: string][] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = manifest;
  return [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap((group) =>
    Object.entries(group ?? {}),
  );
}

/** Dependencies that are not pinned to one version. */
export function findUnpinned(manifest: Manifest): string[] {
  return dependenciesOf(manifest)
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${manifest.name}: ${name}@${version} is not an exact version`);
}

export function findSoftSettings(npmrc: string): string[] {
  const settings = new Map(
    npmrc
      .split('\n')
      .filter((line) => /^[a-z]/.test(line))
      .map((line) => [line.split('=')[0]!.trim(), line.split('=').slice(1).join('=').trim()]),
  );
  const soft = Object.entries(NPMRC).flatMap(([key, reason]) =>
    settings.get(key) === 'true' ? [] : [`${key} is not true: ${reason}`],
  );
  return settings.has('registry') ? [...soft, 'registry is set: whoever installs chooses it'] : soft;
}

/** Where package.json files and the lock disagree: `npm ci` would refuse, or someone edited one of them by hand. */
export function findOutOfSync(workspace: Workspace, lock: Lock): string[] {
  const manifests: [string, Manifest][] = [['', workspace.root], ...workspace.rooms];
  return manifests.flatMap(([path, manifest]) => {
    const locked = lock[path];
    if (locked === undefined) return [`${path} is not in the lock`];
    return (['dependencies', 'devDependencies', 'optionalDependencies'] as const)
      .filter((group) => JSON.stringify(sorted(manifest[group])) !== JSON.stringify(sorted(locked[group])))
      .map((group) => `${path || 'the root'}: ${group} differ from the lock`);
  });
}

/** Locked packages that could change under us, come from elsewhere, or want a script we do not know. */
export function findUnheld(lock: Lock): string[] {
  return foreignPackages(lock).flatMap(({ name, path, integrity, resolved, hasInstallScript }) => [
    ...(integrity?.startsWith('sha512-') === true ? [] : [`${path} has no sha512 integrity`]),
    ...(resolved === undefined ? [] : [`${path} is bound to ${resolved}`]),
    ...(hasInstallScript === true && SCRIPTS_NOT_RUN[name] === undefined
      ? [`${path} has an install script nobody judged`]
      : []),
  ]);
}

/** What we ship under a licence that is not allowed. Development tools are not shipped. */
export function findForbiddenLicences(lock: Lock): string[] {
  return foreignPackages(lock)
    .filter(({ dev, name, license }) => dev !== true && READ_BY_HAND[name] === undefined && !isAllowed(license ?? ''))
    .map(({ path, license }) => `${path} has the licence ${license ?? 'none'}`);
}

function sorted(group: Readonly<Record<string, string>> | undefined): [string, string][] {
  return Object.entries(group ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}
