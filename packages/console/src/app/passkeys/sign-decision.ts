import type { ApprovalView, PasskeyView } from '@wardmesh/api';
import { approvalMessage } from '@wardmesh/approvals';
import { toBase64Url } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto/web';
import { isBound } from '../wallets/sign-decision.ts';
import { askPasskey } from './ceremony.ts';

/** What a person can sign with here. */
export interface UsablePasskeys {
  readonly rpId: string;
  readonly passkeys: readonly PasskeyView[];
}

/**
 * The decision, answered by a passkey: the challenge is the SHA-256 of what any key signs, made here from what is shown.
 * Signs nothing that does not hash to that.
 */
export async function signDecisionByPasskey(
  decision: 'approve' | 'deny',
  approval: ApprovalView,
  { rpId, passkeys }: UsablePasskeys,
): Promise<{ readonly keyId: string; readonly signature: string }> {
  if (!isBound(approval)) throw new Error('The gateway shows another call than it asks to sign. Sign nothing.');
  const assertion = await askPasskey({
    rpId,
    challenge: toBase64Url(sha256(approvalMessage(decision, approval.over))),
    allowCredentials: passkeys.map(({ credentialId: id, transports }) => ({ id, transports })),
    userVerification: 'required',
    timeout: 120_000,
  });
  return { keyId: `passkey:${assertion.id as string}`, signature: JSON.stringify(assertion) };
}
