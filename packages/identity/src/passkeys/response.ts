import { fromBase64Url, fromUtf8, isJsonObject, parseStrictJson } from '@wardmesh/core';
import { z } from 'zod';
import { MAX_PASSKEY_FIELD } from '../limits.ts';

const bytes = z
  .string()
  .max(MAX_PASSKEY_FIELD)
  .regex(/^[A-Za-z0-9_-]*$/);
const head = {
  id: bytes.min(1),
  rawId: bytes.min(1),
  type: z.literal('public-key'),
  authenticatorAttachment: z.enum(['platform', 'cross-platform']).optional(),
  // We ask for no extension, so none is listened to.
  clientExtensionResults: z.unknown().transform(() => ({})),
};

/** What `navigator.credentials.create` gave, in the JSON form of WebAuthn Level 3. Members we do not use are dropped. */
export const registrationSchema = z.object({
  ...head,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(32)).max(8).optional(),
  }),
});

/** What `navigator.credentials.get` gave. */
export const assertionSchema = z.object({
  ...head,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});

export type PasskeyRegistration = z.output<typeof registrationSchema>;
export type PasskeyAssertion = z.output<typeof assertionSchema>;

/** The challenge a client says it answers; undefined where its data are malformed or come out of a foreign frame. */
export function readClientChallenge(clientDataJSON: string): string | undefined {
  try {
    const parsed = parseStrictJson(fromUtf8(fromBase64Url(clientDataJSON)));
    if (!parsed.ok || !isJsonObject(parsed.value)) return undefined;
    const { challenge, crossOrigin, topOrigin } = parsed.value;
    // Our pages are never framed: an answer given inside another site's page is not one to us.
    if ((crossOrigin !== undefined && crossOrigin !== false) || topOrigin !== undefined) return undefined;
    return typeof challenge === 'string' ? challenge : undefined;
  } catch {
    return undefined;
  }
}
