import { z } from 'zod';
import { parseDrops, parseXrp } from '../amount/drops.ts';
import { type Address, isClassicAddress } from '../xrpl/address.ts';
import { isTransactionType } from '../xrpl/transaction-types.ts';

/** An r-address with a right checksum. */
export const address = z
  .string()
  .refine(isClassicAddress, 'not an XRPL address, or its checksum is wrong')
  .transform((text) => text as Address);

export const typeName = z.string().refine(isTransactionType, 'not a transaction type that this wallet knows');

/** Drops as decimal text, 0 … 10^17. */
export const drops = z.string().transform((text, context) => {
  const parsed = parseDrops(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: 'custom', message: parsed.error.message });
  return z.NEVER;
});

/**
 * XRP as a JSON number, to drops. A number is taken by the digits it prints with, which are the digits it was written
 * with as long as those are 15 or fewer; more, or more than six decimal places, is refused rather than rounded.
 */
export function xrp(minimum: number, maximum: number) {
  return z
    .number()
    .min(minimum)
    .max(maximum)
    .transform((value, context) => {
      const digits = String(value);
      const parsed = digits.replace('.', '').length <= 15 ? parseXrp(digits) : undefined;
      if (parsed?.ok) return parsed.value;
      context.addIssue({ code: 'custom', message: 'an XRP amount has at most 15 digits and six decimal places' });
      return z.NEVER;
    });
}

export const count = (minimum: number, maximum: number) => z.number().int().min(minimum).max(maximum);

/** https, or http to this machine. */
export const webhookUrl = z
  .string()
  .max(2_048)
  .refine((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isHere = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1' || url?.hostname === '[::1]';
    return url?.protocol === 'https:' || (url?.protocol === 'http:' && isHere);
  }, 'a webhook is https, or http to localhost');

export const timezone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}, 'not an IANA time zone');

/** Sorted, without repeats: one meaning, one spelling. */
export function sortedSet<T extends string>(items: readonly T[]): readonly T[] {
  return [...new Set(items)].sort();
}
