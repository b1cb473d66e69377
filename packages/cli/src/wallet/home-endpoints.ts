import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';

/** Nodes of a network that the home's ward.yaml names for its wallet server; empty where it names none. */
export async function homeEndpoints(_context: Context, _network: Network): Promise<readonly string[]> {
  return [];
}
