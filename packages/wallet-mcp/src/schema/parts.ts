import { NETWORKS } from '@wardmesh/wallet';
import { z } from 'zod';
import { MAX_CONTEXT } from '../limits.ts';

/** Parts of the tools' inputs. Checksums and ranges are checked after the schema, with codes of their own (XR-VAL-5). */
export const networkName = z.enum(NETWORKS);
export const network = networkName
  .optional()
  .describe('Network of the wallet; this server’s default where left out. A wallet is never used on another network.');
export const account = z.string().min(1).max(100);
export const walletAddress = account.describe('Address of one of your wallets (r…, or an X-address without tag).');
export const destination = account.describe('Who receives it: a classic address (r…) or an X-address.');
export const walletName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, 'one to 64 letters, digits, spaces, dots, dashes or underscores')
  .describe('Name for people, 1–64 characters.');
export const blob = z
  .string()
  .min(20)
  .max(1_000_000)
  .regex(/^[0-9A-Fa-f]+$/, 'hex digits only');
export const context = z
  .string()
  .max(MAX_CONTEXT)
  .optional()
  .describe('Why, in your own words, for the person who reads the log. Never a secret.');
export const approvalId = z.uuid().describe('Id that an earlier answer gave.');
export const dropsText = z
  .string()
  .regex(/^\d{1,18}$/, 'whole drops in digits')
  .describe('Drops (a millionth of an XRP) as text.');
export const xrpText = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'XRP with at most six decimals')
  .describe('XRP as text, at most six decimals.');
export const uint32 = z.int().min(0).max(0xffff_ffff);
export const hexText = z
  .string()
  .max(1_024)
  .regex(/^(?:[0-9A-Fa-f]{2})+$/, 'hex digits in pairs');
export const instant = z
  .union([
    z.iso.datetime({ offset: true }),
    z
      .int()
      .min(946_684_800)
      .max(0xffff_ffff + 946_684_800),
  ])
  .describe('ISO 8601 with time zone, or Unix seconds.');

/** Parts of the tools' outputs. Times are ISO 8601 in UTC; drops are text. */
export const timestamp = z.string();
export const drops = z.string();
export const policyTier = z.int().min(1).max(4);
export const limitsAfter = z.strictObject({
  daily_remaining_drops: drops,
  autonomous_remaining_drops: drops,
  hourly_tx_remaining: z.int(),
  daily_tx_remaining: z.int(),
  destinations_remaining: z.int(),
  daily_reset_at: timestamp,
  hourly_reset_at: timestamp,
});
export const violation = z.strictObject({
  rule: z.string(),
  message: z.string(),
  limit: z.string().nullable(),
  actual: z.string().nullable(),
  retry_at: timestamp.nullable(),
});
