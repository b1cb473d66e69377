import { secureHeapUsed } from 'node:crypto';
import { NETWORKS } from '@wardmesh/vault';
import type { AuthorityService } from '../authority-ports.ts';
import type { HardeningFacts } from '../harden/facts.ts';
import type { ProviderWallets } from '../providers/provider-wallets.ts';
import type { WalletBook } from '../wallets/book.ts';
import type { RotationSchedule } from '../wallets/rotation-schedule.ts';
import type { Handlers } from './context.ts';

/** Version of this package: what both sockets say of themselves. */
export const VERSION = '0.1.0';

export interface StatusParts {
  readonly book: WalletBook;
  readonly authority: AuthorityService;
  readonly providers: ProviderWallets;
  readonly schedule: RotationSchedule;
  readonly facts: HardeningFacts;
  readonly contained: 'bubblewrap' | 'none';
  readonly startedAt: number;
  readonly now: () => number;
}

export function statusHandlers(parts: StatusParts): Handlers<'hello' | 'status'> {
  const { book, authority, schedule, facts } = parts;
  return {
    hello: async () => ({ result: { v: 1, version: VERSION, networks: [...NETWORKS] } }),
    status: async () => {
      const wallets = book.wallets(null);
      const { total, used } = secureHeapUsed();
      return {
        result: {
          version: VERSION,
          startedAt: parts.startedAt,
          pid: process.pid,
          sandbox: containment(parts.contained, facts, parts.providers.list()),
          secureHeap: { total, used },
          coreDumps: facts.coreDumps === 'off' ? 'off' : 'on',
          networks: [...NETWORKS],
          wallets: wallets.length,
          unlocked: wallets.filter(({ unlocked }) => unlocked).length,
          pending: authority.pending(),
          keys: [...schedule.keys(parts.now())],
          providers: [...parts.providers.list()],
        },
      };
    },
  };
}

/** In words, with what is not so. */
export function containment(
  backend: 'bubblewrap' | 'none',
  { permissions, secureHeap, lockedBytes }: HardeningFacts,
  providers: readonly { readonly kind: string }[],
): string {
  const hasService = providers.some(({ kind }) => kind === 'aws-kms');
  const hasToken = providers.some(({ kind }) => kind === 'pkcs11');
  const network = hasService ? 'no network but the key service' : 'no network';
  const writes = hasToken ? 'writes only its own folder and the token’s' : 'writes only its own folder';
  const words = [
    backend === 'bubblewrap'
      ? `bubblewrap: ${network}, ${writes}`
      : 'no sandbox: the operator wrote sandbox: none, and the process has this machine’s network',
    permissions === 'on' ? 'Node’s permission model' : 'no permission model',
  ];
  if (hasToken) words.push('native code of a token’s maker inside, which that model does not bind');
  if (lockedBytes < secureHeap)
    words.push('its secure heap is left out of core dumps but may be swapped (RLIMIT_MEMLOCK is too low)');
  return words.join('; ');
}
