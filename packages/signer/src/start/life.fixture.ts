import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approvalMessage } from '@wardmesh/approvals';
import { type TestLedger, testWallet } from '@wardmesh/local-ledger';
import { encode } from 'ripple-binary-codec';
import type { SignerClient } from '../client/index.ts';
import { ledgerHandlers } from '../fixture.ts';

/** A person with an approver's key, in the operator's file. */
function approver(by: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keyId = `key-${by}`;
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  return {
    entry: { keyId, by, publicKey: raw },
    sign: (over: string) => ({
      keyId,
      signature: signBytes(null, approvalMessage('approve', over), privateKey).toString('base64'),
    }),
  };
}

/** Pays one drop and tells what the ledger says of it. */
export async function pay(agent: SignerClient, ledger: TestLedger, address: string): Promise<string> {
  const ref = { network: 'local', address } as const;
  const { facts } = await ledgerHandlers(ledger)['ledger.facts'](ref);
  const blob = encode({
    TransactionType: 'Payment',
    Account: address,
    Destination: testWallet('shop').address,
    Amount: '1000000',
  });
  const ask = { ...ref, principal: 'agent', blob, facts, context: null, approvalId: null };
  const { result } = await agent.request('sign.request', ask);
  if (result.status !== 'approved') return `${result.status}: ${result.decision.reasons.join(', ')}`;
  const submitted = ledger.submit(result.signed.signedTx);
  ledger.close();
  return submitted.result;
}

/** Three people in the operator's file. */
export function makeApprovers(home: string) {
  const people = ['anna', 'bert', 'cleo'].map(approver);
  mkdirSync(join(home, 'operator'), { mode: 0o700 });
  writeFileSync(
    join(home, 'operator', 'approvers.json'),
    JSON.stringify({ approvers: people.map(({ entry }) => entry) }),
    { mode: 0o600 },
  );
  return people;
}
