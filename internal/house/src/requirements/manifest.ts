import { parse } from 'yaml';

/** The designs that requirements come from, in the order they are printed. */
export const SOURCES: Readonly<Record<string, string>> = {
  CM: 'ContextMesh',
  XR: 'XRPL Wallet MCP',
  MK: 'MeshKit',
  CH: 'Choir',
  AM: 'AttestMesh',
  WM: 'Wardmesh',
};

const ID = /^([A-Z]{2})-[A-Z]+-\d+$/;

/** Reads the manifest: a YAML map of id to one line. @throws Error for an unknown source, a malformed id, no text, or a duplicate. */
export function parseManifest(yaml: string): ReadonlyMap<string, string> {
  const entries = Object.entries(parse(yaml, { uniqueKeys: true }) as Record<string, unknown>);
  for (const [id, text] of entries) {
    const source = ID.exec(id)?.[1];
    if (source === undefined || SOURCES[source] === undefined) throw new Error(`not a requirement id: ${id}`);
    if (typeof text !== 'string' || text === '') throw new Error(`${id} has no text`);
  }
  return new Map(entries as [string, string][]);
}
