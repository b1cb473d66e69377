import type { JsonObject } from '@wardmesh/core';
import { transactionHash } from '@wardmesh/ledgers';
import { decodeStrict, NETWORK_IDS, type Network } from '@wardmesh/wallet';
import type { Call } from '../call.ts';
import { WalletMcpError } from '../error.ts';

/** Blob, transaction and hash of what is about to be sent. */
export interface ToSend {
  readonly blob: string;
  readonly hash: string;
  readonly transaction: JsonObject;
}

/** Reads a signed blob. @throws what decodeStrict refuses, MISSING_SIGNATURE */
export function readSigned(blobHex: string): ToSend {
  const decoded = decodeStrict(blobHex);
  if (!decoded.ok) throw decoded.error;
  const { blob, transaction } = decoded.value;
  const isSigned =
    (typeof transaction.TxnSignature === 'string' && transaction.TxnSignature !== '') ||
    (Array.isArray(transaction.Signers) && transaction.Signers.length > 0);
  if (!isSigned) {
    throw new WalletMcpError('MISSING_SIGNATURE', 'the transaction is not signed', {
      hint: 'Sign it with wallet_sign.',
    });
  }
  return { blob, hash: transactionHash(blob), transaction };
}

/**
 * Sends what this wallet's signer signed for this network, and nothing else unless the operator allows it (XR-WAL-4).
 * @throws NOT_SIGNED_HERE, NETWORK_MISMATCH
 */
export async function checkSignedHere(call: Call, network: Network, { hash, transaction }: ToSend): Promise<void> {
  const { transaction: known } = await call.signer.request('transaction.find', { hash });
  if (known !== null && known.network !== network) {
    throw new WalletMcpError(
      'NETWORK_MISMATCH',
      `the transaction was signed for ${known.network}, not for ${network}`,
      {
        hint: `Pass network: "${known.network}" if that is the one you mean.`,
      },
    );
  }
  const expected = NETWORK_IDS[network] > 1_024 ? NETWORK_IDS[network] : undefined;
  if (transaction.NetworkID !== expected) {
    throw new WalletMcpError('NETWORK_MISMATCH', `the NetworkID of the transaction is not that of ${network}`);
  }
  if (known === null && !call.submitAny) {
    throw new WalletMcpError('NOT_SIGNED_HERE', 'this wallet did not sign that transaction', {
      hint: 'Sign it with wallet_sign. An operator can start the server with --submit-any.',
    });
  }
}
