/** The packages by layer, lowest first. A room imports from its own layer or a lower one, never in a circle. */
export const LAYERS: readonly { readonly name: string; readonly rooms: readonly string[] }[] = [
  { name: 'pure', rooms: ['core', 'crypto'] },
  {
    name: 'domain',
    rooms: [
      'audit',
      'verify',
      'policy',
      'limits',
      'approvals',
      'api',
      'guard',
      'identity',
      'vault',
      'wallet',
      'attest',
      'share',
      'registry',
      'mesh',
      'postchain',
    ],
  },
  { name: 'adapters', rooms: ['store', 'sandbox', 'ledgers', 'key-providers', 'local-ledger'] },
  { name: 'services', rooms: ['gateway', 'signer', 'wallet-mcp'] },
  { name: 'apps', rooms: ['cli', 'console'] },
];

/** The rank of a room's layer, 0 for the lowest; -1 for a room that stands in none. */
export function rankOf(room: string): number {
  return LAYERS.findIndex(({ rooms }) => rooms.includes(room));
}
