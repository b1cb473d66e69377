import { z } from 'zod';

/** A policy, or a patch of one, as a JSON object or as its text. The signer reads it strictly. */
export const policyText = z
  .union([z.record(z.string(), z.unknown()), z.string().min(2).max(1_048_576)])
  .transform((policy) => (typeof policy === 'string' ? policy : JSON.stringify(policy)));
