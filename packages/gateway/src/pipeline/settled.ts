import { BoundedCache } from '@wardmesh/core';
import type { Services } from '../services.ts';

/** Identities remembered as settled. */
const MAX_SETTLED = 4_096;

/** Who succeeded since they last failed, per lockout: their next success is not worth telling it of. */
const settledBy = new WeakMap<Services['lockout'], BoundedCache<string, true>>();

export function settledOf(lockout: Services['lockout']): BoundedCache<string, true> {
  const known = settledBy.get(lockout);
  if (known) return known;
  const settled = new BoundedCache<string, true>(MAX_SETTLED);
  settledBy.set(lockout, settled);
  return settled;
}
