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
  const { keyId, sign } = await openOperatorKey(context, options);
  return { keyId, signature: sign(approvalMessage(decision, over)) };
}

/** The operator key, opened for one signature in base64. */
export async function openOperatorKey(
  context: Context,
  options: KeyOptions,
): Promise<{ readonly keyId: string; readonly publicKey: string; readonly sign: (message: Uint8Array) => string }> {
  const path = options.key === undefined ? homePaths(context.home).operatorKey : resolve(context.cwd, options.key);
  const key = await readOperatorKey(path);
  const seed = await openSeed(key, () => passphrase(context, options, `Passphrase of ${key.by}'s key: `));
  return {
    keyId: key.keyId,
    publicKey: key.publicKey,
    sign(message) {
      try {
        return toBase64(signingKeyFromSeed(seed).sign(message));
      } finally {
        seed.fill(0);
      }
    },
  };
}
