import type { ApprovalView } from '@wardmesh/api';
import { approvalMessage, bindingHash } from '@wardmesh/approvals';
import { fromUtf8, toHex } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto/web';
import type { BrowserWallet } from './discover.ts';
import { walletOf } from './session-wallet.ts';

const contentHash = (bytes: Uint8Array) => `sha256:${toHex(sha256(bytes))}`;

/** Whether the call that is shown is the one that would be signed: a gateway that lies is seen here, in the page. */
export function isBound({ binding, over }: ApprovalView): boolean {
  return bindingHash(binding as Parameters<typeof bindingHash>[0], contentHash) === over;
}

/** The decision, signed by the wallet of the person. Signs nothing that does not hash to what was shown. */
export async function signDecision(
  decision: 'approve' | 'deny',
  approval: ApprovalView,
  person: string,
  wallets: readonly BrowserWallet[],
): Promise<{ readonly keyId: string; readonly signature: string }> {
  if (!isBound(approval)) throw new Error('The gateway shows another call than it asks to sign. Sign nothing.');
  const { wallet, address } = await walletOf(person, wallets);
  const signature = await wallet.sign(address, fromUtf8(approvalMessage(decision, approval.over)));
  return { keyId: person, signature };
}
