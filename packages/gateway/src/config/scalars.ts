import { isIP } from 'node:net';
import { redactText } from '@wardmesh/core';
import { z } from 'zod';
import { DURATION_PATTERN, formatDuration, formatSize, parseDuration, parseSize, SIZE_PATTERN } from './quantities.ts';

/** A duration such as `30s`, between two spellings of the same form; milliseconds after parsing. */
export function duration(least: string, most: string) {
  return quantity(
    DURATION_PATTERN,
    parseDuration,
    formatDuration,
    least,
    most,
    'a duration such as 500ms, 30s, 10m or 7d',
  );
}

/** A size such as `50MiB`, between two spellings of the same form; bytes after parsing. */
export function size(least: string, most: string) {
  return quantity(SIZE_PATTERN, parseSize, formatSize, least, most, 'a size such as 64KiB, 50MiB or 1GiB');
}

function quantity(
  pattern: RegExp,
  parse: (text: string) => number | undefined,
  format: (value: number) => string,
  least: string,
  most: string,
  form: string,
) {
  const low = parse(least)!;
  const high = parse(most)!;
  return z
    .string({ error: `must be ${form}` })
    .regex(pattern, { error: `must be ${form}` })
    .transform((text, context) => {
      const value = parse(text)!;
      if (value < low || value > high) {
        context.addIssue({ code: 'custom', message: `must be between ${format(low)} and ${format(high)}` });
        return z.NEVER;
      }
      return value;
    });
}

/** Text on one line, without characters a reader could not see. */
export function line(most: number) {
  return z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(most, { error: `must have at most ${most} characters` })
    .regex(/^[^\u0000-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]*$/, {
      error: 'must be one line without control or invisible characters',
    });
}

/** A path; relative ones are taken from the folder of `ward.yaml`. */
export const path = line(4_096);

/** A host name (RFC 1123 §2.1) in lower case, or an IP address. */
export const host = z
  .string()
  .max(253)
  .refine((text) => isIP(text) !== 0 || isHostName(text), {
    error: 'must be a host name in lower case or an IP address',
  });

/** A host name, an IP address, or `*.` and a host name of two labels or more: `*.com` would grant a whole registry. */
export const hostPattern = z
  .string()
  .max(255)
  .refine((text) => isIP(text) !== 0 || isHostName(text) || (/^\*\.[^.]+\../.test(text) && isHostName(text.slice(2))), {
    error: 'must be a host name in lower case, `*.` and a host name, or an IP address',
  });

function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/.test(text) &&
    !/^[0-9.]+$/.test(text)
  );
}

/** An HTTP field name (RFC 9110 §5.1). */
export const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, { error: 'must be an HTTP header name' });

/** Whether this machine, and nothing else, is meant. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

/** Whether a plain value has the shape of a secret, which belongs into a reference. Addresses are no secrets here. */
export function looksSecret(text: string): boolean {
  const withoutAddresses = text
    .replace(/\d{1,3}(?:\.\d{1,3}){3}/g, '')
    .replace(/[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,}/g, '');
  return redactText(withoutAddresses) !== withoutAddresses;
}
