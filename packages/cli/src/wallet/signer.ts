import { existsSync } from 'node:fs';
import { CodedError, isCoded } from '@wardmesh/core';
import type { LedgerHandlers, SignerClient } from '@wardmesh/signer/client';
import type { Context } from '../context.ts';
import { homePaths } from '../home-paths.ts';
import { Progress } from '../output/progress.ts';
import type { LedgerService } from './ledger-service.ts';
import type { EndpointOptions } from './networks.ts';

/** Longest that an answer may take, milliseconds: securing waits for three validated transactions, on a slow ledger. */
const DEADLINE_MS = 20 * 60_000;

export interface SignerSettings {
  /** What answers the signer's questions about the ledger while it secures or rotates. */
  readonly ledger?: LedgerHandlers;
}

/**
 * The signer of the home, for as long as `work` takes. Its steps show on a terminal.
 * @throws CodedError SIGNER_NOT_RUNNING, and the signer's own codes
 */
export async function withSigner<T>(
  context: Context,
  work: (signer: SignerClient) => Promise<T>,
  settings: SignerSettings = {},
): Promise<T> {
  const progress = new Progress(context);
  const signer = await connect(context, settings, progress);
  try {
    return await work(signer);
  } finally {
    progress.clear();
    await signer.close();
  }
}

async function connect(context: Context, settings: SignerSettings, progress: Progress): Promise<SignerClient> {
  const socket = homePaths(context.home).signerOperatorSocket;
  // Looked at first: where there is none, the client and its schemas need not be loaded to say so.
  if (!existsSync(socket)) throw notRunning(context);
  const { SignerClient } = await import('@wardmesh/signer/client');
  try {
    return await SignerClient.connect({
      socket,
      onProgress: ({ message }) => progress.update(message),
      deadline: DEADLINE_MS,
      ...settings,
    });
  } catch (cause) {
    throw isCoded(cause, 'SIGNER_NOT_RUNNING') ? notRunning(context, cause) : cause;
  }
}

function notRunning(context: Context, cause?: unknown): CodedError {
  return new CodedError('SIGNER_NOT_RUNNING', `no signer runs on ${context.home}`, {
    hint: 'Start it with ward up, or alone with ward wallet-mcp.',
    cause,
  });
}

/** {@link withSigner}, answering what it asks about ledgers meanwhile. */
export async function withLedgers<T>(
  context: Context,
  options: EndpointOptions,
  work: (signer: SignerClient, ledgers: LedgerService) => Promise<T>,
): Promise<T> {
  const { LedgerService } = await import('./ledger-service.ts');
  using ledgers = new LedgerService(context, options);
  return await withSigner(context, (signer) => work(signer, ledgers), { ledger: ledgers.handlers });
}
