import { lstatSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Clock, type CodedError, isCoded, type Random, randomFraction } from '@wardmesh/core';
import type { SandboxDeps } from '@wardmesh/sandbox';
import { makeDirectorySecure } from '@wardmesh/store/files';
import { signerError } from '../error.ts';
import { signerPaths } from '../home/paths.ts';
import { BREAKER_CRASHES, BREAKER_WINDOW, RESTART_FIRST, RESTART_MOST } from '../limits.ts';
import { readProviders } from '../providers/config.ts';
import { codeFolders } from './code-folders.ts';
import { type Launched, launchSigner, type SignerLogSink } from './launch.ts';
import { type ProfileParts, signerProfile } from './profile.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface StartSignerOptions {
  /** WARD_HOME. The signer lives in its folder `signer`. */
  readonly home: string;
  /** Further folders that hold code the process imports; its own and its dependencies are found. */
  readonly packagesFrom?: readonly string[];
  /** Lines of the process and of its supervisor, for the operator's log. */
  readonly log: SignerLogSink;
  readonly clock: Clock;
  readonly random: Random;
  /** `none` only where the operator wrote so; status says it. */
  readonly backend?: 'bubblewrap' | 'none';
  /** Age at which a key is due for rotation, days; 90 where left out. */
  readonly rotationDays?: number;
  /** PBKDF2 instead of Argon2id for what is written. */
  readonly fips?: boolean;
  /** What the sandbox's egress resolves and dials with, where that is not this machine's. */
  readonly sandbox?: Pick<SandboxDeps, 'resolver' | 'dial'>;
  /** The process's file, where it is not beside this one: a bundle. */
  readonly main?: string;
}

/** Why the signer is gone for good. */
export type SignerEnd = { readonly reason: 'stopped' } | { readonly reason: 'failed'; readonly error: CodedError };

/** A signer that is kept running. */
export interface SignerProcess {
  readonly agentSocket: string;
  /** What the wallet server's sandbox is granted: `agentSocket` is in it and nothing else. */
  readonly agentFolder: string;
  readonly operatorSocket: string;
  /** Of the newest process, as this machine numbers it; undefined while none runs. */
  readonly pid: number | undefined;
  /** Never rejects: stopped, or crashed so often that it is not started again (SIGNER_CRASH_LOOP). */
  readonly exited: Promise<SignerEnd>;
  stop(): Promise<void>;
}

/**
 * Makes `HOME/signer` and starts the signer in its sandbox: no network, one folder. Resolves when it listens. A process
 * that dies is started again, later each time; too many deaths in a minute end it.
 * @throws what the first process said: STORE_HOME_IN_USE, SIGNER_UNPROTECTED, SIGNER_HOME_DAMAGED …, or SANDBOX_*
 */
export async function startSigner(options: StartSignerOptions): Promise<SignerProcess> {
  const { clock, random, log, backend = 'bubblewrap', main = MAIN } = options;
  await makeDirectorySecure(options.home);
  const home = await realpath(options.home);
  const paths = signerPaths(join(home, 'signer'));
  await makeDirectorySecure(paths.folder);
  const approversFile = join(home, 'operator', 'approvers.json');

  const providersFile = join(home, 'operator', 'providers.json');

  const launch = async (): Promise<Launched> => {
    const hasApprovers = lstatSync(approversFile, { throwIfNoEntry: false })?.isFile() === true;
    const profile = signerProfile({
      folder: paths.folder,
      approversFile,
      hasApprovers,
      ...(await providersOf(providersFile)),
      main,
      code: [...codeFolders(main), ...(options.packagesFrom ?? [])],
      backend,
      ...(options.rotationDays !== undefined && { rotationDays: options.rotationDays }),
      ...(options.fips !== undefined && { fips: options.fips }),
    });
    return launchSigner(
      profile,
      backend,
      { wardHome: home, openInHome: [paths.folder, approversFile, providersFile], clock, ...options.sandbox },
      log,
    );
  };

  let current: Launched | undefined = await launch();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const supervise = async (): Promise<SignerEnd> => {
    const crashes: number[] = [];
    for (;;) {
      if (current !== undefined) {
        const { code, signal, reason } = await current.exited;
        current = undefined;
        if (isStopping()) return { reason: 'stopped' };
        log({ level: 'error', message: 'the signer ended', code, signal, reason });
      }
      const now = clock.monotonic();
      crashes.push(now);
      const recent = crashes.filter((time) => now - time < BREAKER_WINDOW);
      if (recent.length >= BREAKER_CRASHES) {
        const error = signerError('SIGNER_CRASH_LOOP', 'the signer ended too often and is not started again', {
          hint: 'Nothing is signed until ward up is started anew. The operator’s log says where it ended.',
        });
        log({ level: 'error', ...error.toJSON() });
        return { reason: 'failed', error };
      }
      const wait = Math.min(RESTART_MOST, RESTART_FIRST * 2 ** (recent.length - 1)) * (1 + randomFraction(random) / 2);
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return { reason: 'stopped' };
      try {
        current = await launch();
        if (isStopping()) await current.stop();
      } catch (error) {
        log({ level: 'error', message: 'the signer did not start again', ...(isCoded(error) && { code: error.code }) });
      }
    }
  };
  const exited = supervise();
  return {
    agentSocket: paths.agentSocket,
    agentFolder: paths.agentFolder,
    operatorSocket: paths.operatorSocket,
    get pid() {
      return current?.pid;
    },
    exited,
    async stop() {
      stopping.abort();
      await current?.stop();
      await exited;
    },
  };
}

/** What configured providers of keys are let through; nothing where there are none. @throws PROVIDERS_INVALID */
async function providersOf(file: string): Promise<Pick<ProfileParts, 'providers'>> {
  const configs = await readProviders(file);
  if (configs.size === 0) return {};
  const { providerGrants } = await import('@wardmesh/key-providers');
  return { providers: { file, grants: providerGrants([...configs.values()]) } };
}
