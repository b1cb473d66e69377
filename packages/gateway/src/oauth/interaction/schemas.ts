import { z } from 'zod';

const chain = z.string().regex(/^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}$/);
const address = z.string().min(1).max(128);

/** What the page of sign-in sends. Nothing else is accepted. */
export const challengeBody = z.strictObject({ chain, address: address.optional() });

export const verifyBody = z.strictObject({
  chain,
  message: z.string().min(1).max(4_096),
  signature: z.string().min(1).max(16_384),
  address: address.optional(),
  publicKey: z.string().max(256).optional(),
});

export const consentBody = z.strictObject({ scopes: z.array(z.string().min(1).max(64)).max(16) });

export const abortBody = z.strictObject({});
