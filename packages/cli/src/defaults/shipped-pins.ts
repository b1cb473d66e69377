import { readFileSync } from 'node:fs';
import type { StoredServerPins } from '@wardmesh/guard';

/**
 * Reviews that come with Wardmesh, by package name: of the servers of the default configuration, in the exact
 * versions that are locked. Another version offers other definitions, and what differs is held back as drift.
 */
export async function shippedPins(): Promise<Readonly<Record<string, StoredServerPins>>> {
  return JSON.parse(readFileSync(new URL('./pins.json', import.meta.url), 'utf8'));
}
