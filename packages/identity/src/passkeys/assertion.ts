import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import { fromBase64Url, fromUtf8, toBase64Url } from '@wardmesh/core';
import { sha256 } from '@wardmesh/crypto';
import type { Passkey, RelyingParty } from './passkey.ts';
import { assertionSchema, type PasskeyAssertion, readClientChallenge } from './response.ts';

/** The challenge of an assertion that approves: SHA-256 of the approval's message (WM-APR-1), base64url. */
export function approvalChallenge(message: Uint8Array): string {
  return toBase64Url(sha256(message));
}

/** The authenticator's counter where the assertion holds in every respect, else undefined. */
export async function verifyAssertion(
  party: RelyingParty,
  passkey: Passkey,
  assertion: PasskeyAssertion,
  challenge: string,
  counter: number,
): Promise<number | undefined> {
  if (readClientChallenge(assertion.response.clientDataJSON) !== challenge) return undefined;
  const { userHandle } = assertion.response;
  try {
    if (userHandle !== undefined && fromUtf8(fromBase64Url(userHandle)) !== passkey.person) return undefined;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: assertion as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      expectedType: 'webauthn.get',
      // A passkey that anybody at the desk could touch approves nothing.
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(fromBase64Url(passkey.publicKey)),
        counter,
      },
    });
    return verified === true && authenticationInfo.userVerified ? authenticationInfo.newCounter : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether an assertion kept with an approval still holds for that message: for the second look at release. The counter
 * was looked at when it came in and has moved on since.
 */
export async function isApprovalAssertion(
  party: RelyingParty,
  passkey: Passkey,
  assertion: unknown,
  message: Uint8Array,
): Promise<boolean> {
  const parsed = assertionSchema.safeParse(assertion);
  if (!parsed.success || parsed.data.id !== passkey.credentialId) return false;
  // -1: every counter, 0 included, is above it.
  return (await verifyAssertion(party, passkey, parsed.data, approvalChallenge(message), -1)) !== undefined;
}
