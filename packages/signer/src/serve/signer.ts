import type { Clock, Random } from '@wardmesh/core';
import { NETWORKS, type PasswordKdf } from '@wardmesh/vault';
import { AUTHORITY_METHODS, type AuthorityMethod, type AuthorityService } from '../authority-ports.ts';
import type { HardeningFacts } from '../harden/facts.ts';
import { openHome, type SignerHome } from '../home/open-home.ts';
import { assertNotRolledBack, openSignerLog, recordState, type SignerLog } from '../home/open-log.ts';
import { signerPaths } from '../home/paths.ts';
import { SWEEP_INTERVAL } from '../limits.ts';
import type { ProviderConfigs } from '../providers/config.ts';
import { ProviderWallets } from '../providers/provider-wallets.ts';
import { WalletBook } from '../wallets/book.ts';
import { creationHandlers, resumeCreations } from '../wallets/create.ts';
import { manageHandlers, resumeRevocations } from '../wallets/manage.ts';
import { MetaStore } from '../wallets/meta.ts';
import { tellOrphans } from '../wallets/orphans.ts';
import { rotateHandlers } from '../wallets/rotate.ts';
import { RotationSchedule } from '../wallets/rotation-schedule.ts';
import { secureHandlers } from '../wallets/secure.ts';
import type { Handlers, Method } from './context.ts';
import type { FaultSink } from './faults.ts';
import { type Listening, listen } from './listen.ts';
import { statusHandlers } from './status.ts';

export interface AuthorityParts {
  readonly home: SignerHome;
  readonly log: SignerLog;
  readonly book: WalletBook;
  readonly clock: Clock;
  readonly random: Random;
  readonly alert: (message: string) => void;
}

export interface SignerOptions {
  /** The signer's own folder. */
  readonly folder: string;
  readonly approversFile: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly facts: HardeningFacts;
  readonly contained: 'bubblewrap' | 'none';
  /** Age at which a key is due, ms; a quarter where left out. */
  readonly rotationPeriod?: number;
  readonly fips?: boolean;
  /** Providers of keys by name; none where left out. */
  readonly providers?: ProviderConfigs;
  /** The sandbox's egress proxy, for a provider that needs the network. */
  readonly proxy?: string;
  /** Longest that a provider's signature is waited for, ms; a few seconds more than it takes itself where left out. */
  readonly signDeadline?: number;
  /** The crypto package's where left out. */
  readonly deriveKey?: PasswordKdf;
  /** One line without secrets, for the operator's log. */
  readonly log: FaultSink['log'];
  readonly authority: (parts: AuthorityParts) => Promise<AuthorityService>;
}

/** A signer that listens. */
export interface OpenSigner {
  readonly agentSocket: string;
  readonly operatorSocket: string;
  close(): Promise<void>;
}

/**
 * Opens home, log, authority and both sockets, in that order; finishes first what the last process left half done.
 * Nothing listens before all of it stands.
 * @throws whatever of it refuses; everything that was opened is closed again
 */
export async function openSigner(options: SignerOptions): Promise<OpenSigner> {
  const { clock, random } = options;
  const paths = signerPaths(options.folder);
  const closers: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const alert = (message: string): void => options.log({ level: 'alert', message });
  try {
    const home = await openHome(paths, options);
    closers.push(() => home.close());
    const log = await openSignerLog(paths.log, home.derive, { clock, random, alert });
    closers.push(() => log.close());
    await assertNotRolledBack(home.database, log.audit);
    const meta = await MetaStore.open(home.database.documents);
    const infos = NETWORKS.flatMap((network) => home.keystores.get(network)!.list());
    const providers = await ProviderWallets.open(
      {
        configs: options.providers ?? new Map(),
        documents: home.database.documents,
        files: home.files,
        sealingKey: home.sealingKey,
        uses: home.uses.of,
        lockout: home.lockout,
        clock,
        random,
        proxy: options.proxy,
        ...(options.signDeadline !== undefined && { signDeadline: options.signDeadline }),
      },
      infos,
    );
    closers.push(() => providers.close());
    const book = new WalletBook(home.keystores, meta, providers);
    const authority = await options.authority({ home, log, book, clock, random, alert });
    closers.push(() => authority.close());
    const parts = { book, meta, providers, authority };
    await resumeCreations(parts, NETWORKS);
    await resumeRevocations(parts);
    await tellOrphans(book, alert);
    await recordState('system.start', home.database, log.audit);
    closers.push(() => recordState('system.stop', home.database, log.audit));

    const schedule = new RotationSchedule(book, home.uses.of, options.rotationPeriod);
    const now = () => clock.now();
    const handlers: Handlers<Method> = {
      ...statusHandlers({
        ...parts,
        schedule,
        facts: options.facts,
        contained: options.contained,
        startedAt: now(),
        now,
      }),
      ...creationHandlers(parts),
      ...manageHandlers(parts, now),
      ...secureHandlers({ ...parts, documents: home.database.documents, clock }),
      ...rotateHandlers({ ...parts, home, clock, random }),
      ...authorityHandlers(authority),
    };
    const sweep = setInterval(() => {
      for (const keystore of home.keystores.values()) keystore.sweep();
      providers.sweep(book.infos(null));
      void authority.sweep();
    }, SWEEP_INTERVAL);
    closers.push(() => clearInterval(sweep));
    const sink: FaultSink = { log: options.log, random };
    const sockets: Listening[] = [];
    closers.push(() => Promise.all(sockets.map((socket) => socket.close())));
    sockets.push(await listen(paths.agentSocket, 'agent', handlers, sink));
    sockets.push(await listen(paths.operatorSocket, 'operator', handlers, sink));
    return { agentSocket: paths.agentSocket, operatorSocket: paths.operatorSocket, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

function authorityHandlers(authority: AuthorityService): Handlers<AuthorityMethod> {
  const handlers = AUTHORITY_METHODS.map((method) => [
    method,
    async (params: never) => ({ result: await authority.answer(method, params) }),
  ]);
  return Object.fromEntries(handlers) as Handlers<AuthorityMethod>;
}
