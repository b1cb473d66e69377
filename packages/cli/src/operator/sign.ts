import { resolve } from 'node:path';
import { approvalMessage } from '@wardmesh/approvals';
import { toBase64 } from '@wardmesh/core';
import { signingKeyFromSeed } from '@wardmesh/crypto';
import type { Context } from '../context.ts';
import { homePaths } from '../home-paths.ts';
import { openSeed, readOperatorKey } from './key-file.ts';
import { type PassphraseOptions, passphrase } from './passphrase.ts';

export interface KeyOptions extends PassphraseOptions {
  /** Key file of another approver than the home's operator. */
  readonly key?: string;
}

/** A person's signature over one decision on one request. The seed lives in memory for as long as this takes. */
export async function signDecision(
  context: Context,
  options: KeyOptions,
  decision: 'approve' | 'deny',
  over: string,
): Promise<{ keyId: string; signature: string }> {
  const path = options.key === undefined ? homePaths(context.home).operatorKey : resolve(context.cwd, options.key);
  const key = await readOperatorKey(path);
  const seed = await openSeed(key, () => passphrase(context, options, `Passphrase of ${key.by}'s key: `));
  try {
    const signature = signingKeyFromSeed(seed).sign(approvalMessage(decision, over));
    return { keyId: key.keyId, signature: toBase64(signature) };
  } finally {
    seed.fill(0);
  }
}
