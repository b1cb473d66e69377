import { isCoded } from '@wardmesh/core';
import { type MethodResult, SignerClient } from '@wardmesh/signer/client';
import type { HomePaths } from './home-paths.ts';
import { SIGNER_STATUS_MS } from './limits.ts';

export type SignerSummary = MethodResult<'status'>;

/** What the signer of a home says of itself; undefined where none runs. @throws CodedError of the signer */
export async function signerSummary(paths: HomePaths): Promise<SignerSummary | undefined> {
  let client: SignerClient;
  try {
    client = await SignerClient.connect({ socket: paths.signerOperatorSocket, deadline: SIGNER_STATUS_MS });
  } catch (error) {
    if (isCoded(error, 'SIGNER_NOT_RUNNING')) return undefined;
    throw error;
  }
  try {
    return (await client.request('status', {})).result;
  } finally {
    await client.close();
  }
}

/** `2 wallets, 1 unlocked`, and what waits for a person. */
export function walletsLine({ wallets, unlocked, pending }: SignerSummary): string {
  const waiting = pending === 0 ? '' : `, ${pending} waiting for people: ward approvals list`;
  return `${count(wallets, 'wallet')}, ${unlocked} unlocked${waiting}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
