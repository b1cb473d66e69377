import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { time } from '../parts.ts';

export const person = z.object({
  /** CAIP-10 of the wallet that signed in, or that the passkey stands for. */
  id: z.string(),
  name: z.string().nullable(),
  roles: z.array(z.string()),
  /** What they may do to everything. */
  permissions: z.array(z.string()),
  /** What they may do to what is their own. */
  own: z.array(z.string()),
  expiresAt: time,
});

/** Sign-in: a message that the server makes, signed by a wallet or answered by a passkey, for a session cookie. */
export const SESSION = {
  'session.challenge': endpoint({
    method: 'POST',
    path: '/session/challenge',
    permission: 'public',
    summary: 'A message to sign in with; it works once and for five minutes',
    body: z.strictObject({
      /** CAIP-2, such as `eip155:1`; one that this gateway serves. */
      chain: z.string().max(64),
      address: z.string().min(1).max(128),
    }),
    answer: z.object({ message: z.string(), expiresAt: time }),
  }),
  'session.create': endpoint({
    method: 'POST',
    path: '/session',
    permission: 'public',
    summary: 'Signs in; sets the session cookie',
    body: z.strictObject({
      chain: z.string().max(64),
      /** The very text that was signed. */
      message: z.string().min(1).max(4_096),
      /** In the form its chain uses: base58 or base64 (Solana), 0x hex (Ethereum), base64 (Sui), hex (XRPL). */
      signature: z.string().min(1).max(16_384),
      address: z.string().max(128).optional(),
      /** XRPL only, hex. */
      publicKey: z.string().max(256).optional(),
    }),
    answer: person,
  }),
  'session.end': endpoint({
    method: 'DELETE',
    path: '/session',
    permission: 'signed-in',
    summary: 'Signs out, here and in every open stream of this session',
    answer: z.object({ ended: z.literal(true) }),
  }),
  me: endpoint({
    method: 'GET',
    path: '/me',
    permission: 'signed-in',
    summary: 'Who is signed in, and what they may do',
    answer: person,
  }),
} as const;
