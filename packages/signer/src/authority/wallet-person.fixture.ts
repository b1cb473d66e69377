import { generateKeyPairSync, sign } from 'node:crypto';
import { type ApprovalDecision, approvalMessage } from '@wardmesh/approvals';
import { toBase64 } from '@wardmesh/core';
import { toBase58 } from '@wardmesh/identity';

/** A person with a wallet of Solana, such as Phantom. */
export class WalletPerson {
  readonly account: string;
  readonly #sign: (message: Uint8Array) => Uint8Array;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
    this.account = `solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:${toBase58(raw)}`;
    this.#sign = (message) => sign(null, message, privateKey);
  }

  over(decision: ApprovalDecision, over: unknown): { keyId: string; signature: string } {
    return { keyId: this.account, signature: toBase64(this.#sign(approvalMessage(decision, over as string))) };
  }
}
