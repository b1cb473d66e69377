import { canonicalBytes, fromBase64, fromHex, toTimestamp, utf8 } from '@wardmesh/core';
import { contentHash, ed25519Verify } from '@wardmesh/crypto';
import { z } from 'zod';
import { MAX_SCOPE_LENGTH, MAX_SIGNATURE_LENGTH } from '../limits.ts';
import type { WalletSignature } from '../sign-in/wallet-kind.ts';
import { isWalletAccount, verifyWalletMessage } from '../sign-in/wallet-message.ts';
import { ROLES, type Role } from './matrix.ts';

/** `operator:` and the home's Ed25519 public key, 64 hex digits. */
const OPERATOR = /^operator:[0-9a-f]{64}$/;
const HASH = /^sha256:[0-9a-f]{64}$/;
/** A client of ours that is no wallet. */
const CLIENT = /^(?:agent|client):[A-Za-z0-9._:/-]{1,200}$/;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

const time = z.int().nonnegative().max(8.64e15);
const head = {
  v: z.literal(1),
  /** The home it is for: a change signed for one means nothing in another. */
  home: z.string().regex(ID),
  /** 0 for the first, then without gaps. */
  sequence: z.int().nonnegative(),
  /** Hash of the change before; null for the first. */
  previous: z.string().regex(HASH).nullable(),
  /** When it was signed, ms since the epoch. */
  time,
  /** CAIP-10 of an admin's wallet, or the operator key. */
  by: z.string().refine((text) => OPERATOR.test(text) || isWalletAccount(text)),
};

export const roleEventSchema = z.discriminatedUnion('type', [
  z.strictObject({
    ...head,
    type: z.literal('grant'),
    id: z.string().regex(ID),
    /** CAIP-10 in its canonical spelling, or `agent:` or `client:` and an id. */
    subject: z.string().refine((text) => CLIENT.test(text) || isWalletAccount(text)),
    role: z.enum(ROLES),
    /** `*`, or the one thing it covers: `server:files`. */
    scope: z
      .string()
      .max(MAX_SCOPE_LENGTH)
      .regex(/^(?:\*|[a-z]+:[A-Za-z0-9._:/@-]+)$/),
    expires: time.optional(),
  }),
  z.strictObject({ ...head, type: z.literal('revoke'), grant: z.string().regex(ID) }),
]);

export const signedRoleEventSchema = z.strictObject({
  event: roleEventSchema,
  proof: z.strictObject({
    signature: z.string().max(MAX_SIGNATURE_LENGTH),
    publicKey: z.string().max(128).optional(),
  }),
});

interface Head {
  readonly v: 1;
  readonly home: string;
  readonly sequence: number;
  readonly previous: string | null;
  readonly time: number;
  readonly by: string;
}

export interface GrantEvent extends Head {
  readonly type: 'grant';
  readonly id: string;
  readonly subject: string;
  readonly role: Role;
  readonly scope: string;
  readonly expires?: number | undefined;
}

export interface RevokeEvent extends Head {
  readonly type: 'revoke';
  readonly grant: string;
}

/** One change of roles. Each names the hash of the one before, so none can be left out, moved or slipped in. */
export type RoleEvent = GrantEvent | RevokeEvent;

export interface SignedRoleEvent {
  readonly event: RoleEvent;
  readonly proof: { readonly signature: string; readonly publicKey?: string | undefined };
}

export function isOperator(by: string): boolean {
  return OPERATOR.test(by);
}

export function roleEventHash(event: RoleEvent): string {
  return contentHash(canonicalBytes(event));
}

/** The text a wallet shows and signs: what matters in words, and the hash that binds all of it. */
export function roleEventMessage(event: RoleEvent): string {
  const what =
    event.type === 'grant'
      ? [
          `Grant: ${event.role}`,
          `To: ${event.subject}`,
          `Scope: ${event.scope}`,
          `Expires: ${event.expires === undefined ? 'never' : toTimestamp(event.expires)}`,
        ]
      : [`Revoke grant: ${event.grant}`];
  return [
    'Wardmesh role change v1',
    '',
    `Home: ${event.home}`,
    ...what,
    `Time: ${toTimestamp(event.time)}`,
    `Number: ${event.sequence}`,
    `Hash: ${roleEventHash(event)}`,
  ].join('\n');
}

/** Whether `event.by` signed it: a wallet as it signs messages, the operator key as base64 of 64 bytes. */
export function isSigned({ event, proof }: SignedRoleEvent): boolean {
  const text = roleEventMessage(event);
  const { signature, publicKey } = proof;
  const wallet: WalletSignature = { signature, ...(publicKey !== undefined && { publicKey }) };
  if (!isOperator(event.by)) return verifyWalletMessage(event.by, text, wallet);
  try {
    return ed25519Verify(fromHex(event.by.slice('operator:'.length)), utf8(text), fromBase64(signature));
  } catch {
    return false;
  }
}
