import { readdirSync, readFileSync } from 'node:fs';
import { ROOT } from '../paths.ts';

/** What a package.json says, as far as the house looks. */
export interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace {
  readonly root: Manifest;
  /** By folder, `packages/ROOM` or `internal/ROOM`. */
  readonly rooms: ReadonlyMap<string, Manifest>;
}

export function readWorkspace(root: string = ROOT): Workspace {
  const read = (folder: string): Manifest =>
    JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8')) as Manifest;
  const folders = ['packages', 'internal'].flatMap((area) =>
    readdirSync(`${root}/${area}`, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${area}/${entry.name}`),
  );
  return { root: read('.'), rooms: new Map(folders.map((folder) => [folder, read(folder)])) };
}
