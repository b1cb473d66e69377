import type { LockedPackage } from './lockfile.ts';

/** The part of a CycloneDX document that is held against the lock. */
export interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly components: readonly BomComponent[];
}

interface BomComponent {
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly components?: readonly BomComponent[];
}

/** A bill that is not CycloneDX, or that leaves out what is shipped or holds what is not. */
export function findBomFaults(bom: Bom, packages: readonly LockedPackage[]): string[] {
  if (bom.bomFormat !== 'CycloneDX') return [`the format is ${bom.bomFormat}`];
  const listed = new Set(
    flatten(bom.components).map(
      ({ group, name, version }) => `${group === undefined ? '' : `${group}/`}${name}@${version}`,
    ),
  );
  const id = ({ name, version }: LockedPackage) => `${name}@${version}`;
  const shipped = packages.filter(({ dev, optional }) => dev !== true && optional !== true);
  const known = new Set(packages.map(id));
  return [
    ...shipped.filter((entry) => !listed.has(id(entry))).map((entry) => `${id(entry)} is shipped and not listed`),
    ...[...listed]
      .filter((entry) => !known.has(entry) && !entry.startsWith('@wardmesh/'))
      .map((entry) => `${entry} is listed and not in the lock`),
  ];
}

function flatten(components: readonly BomComponent[]): BomComponent[] {
  return components.flatMap((component) => [component, ...flatten(component.components ?? [])]);
}
