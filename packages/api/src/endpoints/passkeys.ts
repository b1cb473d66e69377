import * as z from 'zod';
import { endpoint } from '../endpoint.ts';
import { json, time } from '../parts.ts';
import { person } from './session.ts';

/** WebAuthn allows ids of 1023 bytes. */
export const credentialId = z.string().regex(/^[A-Za-z0-9_-]{1,1364}$/);

export const passkeyView = z.object({
  credentialId,
  label: z.string(),
  addedAt: time,
  transports: z.array(z.string()),
  /** Copied between the devices of its person. */
  synced: z.boolean(),
});
export type PasskeyView = z.output<typeof passkeyView>;

/** Passkeys (WebAuthn Level 3): JSON forms as `PublicKeyCredential` reads and writes them. */
export const PASSKEYS = {
  'passkeys.list': endpoint({
    method: 'GET',
    path: '/passkeys',
    permission: 'person:read',
    own: true,
    summary: 'Your passkeys, and whether you may add one now',
    answer: z.object({
      /** The origin they work at; null where the gateway's address is no name. */
      origin: z.string().nullable(),
      rpId: z.string().nullable(),
      /** Whether you signed in with a wallet in the last minutes. */
      mayAdd: z.boolean(),
      passkeys: z.array(passkeyView),
    }),
  }),
  'passkeys.prepare': endpoint({
    method: 'POST',
    path: '/passkeys/prepare',
    permission: 'person:manage',
    own: true,
    summary: 'What `navigator.credentials.create` needs; works once and for five minutes',
    answer: z.object({ options: json }),
  }),
  'passkeys.add': endpoint({
    method: 'POST',
    path: '/passkeys',
    permission: 'person:manage',
    own: true,
    summary: 'Adds a passkey of yours; a wallet must have signed in within the last five minutes',
    body: z.strictObject({ label: z.string().trim().min(1).max(64), response: json }),
    answer: passkeyView,
  }),
  'passkeys.remove': endpoint({
    method: 'DELETE',
    path: '/passkeys/{credentialId}',
    permission: 'person:manage',
    own: true,
    summary: 'Ends a passkey of yours, its sessions, and what it approved and was not used yet',
    params: z.strictObject({ credentialId }),
    answer: z.object({ credentialId, removed: z.literal(true) }),
  }),
  'session.passkeyChallenge': endpoint({
    method: 'POST',
    path: '/session/passkey/challenge',
    permission: 'public',
    summary: 'What `navigator.credentials.get` needs to sign in; works once and for five minutes',
    answer: z.object({ origin: z.string(), options: json }),
  }),
  'session.passkey': endpoint({
    method: 'POST',
    path: '/session/passkey',
    permission: 'public',
    summary: 'Signs in with a passkey; sets the session cookie',
    body: z.strictObject({ response: json }),
    answer: person,
  }),
} as const;
