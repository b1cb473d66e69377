import { EGRESS_SECRET_LENGTH } from '../limits.ts';
import { SECRET_PLACEHOLDER, type SecretHeader } from '../profile.ts';
import type { SecretSource } from './ports.ts';
import { Refused } from './refusal.ts';

/** Headers to add, and the bare secrets, which the answer must not hold. */
export interface Injection {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly Buffer[];
}

/** Secrets shorter than this are not searched for in answers: they would be found by chance. */
const SHORTEST_SEARCHED = 8;

/** Reveals the secrets of a rule, at the last moment before the request leaves. */
export async function injectSecrets(wanted: readonly SecretHeader[], source: SecretSource): Promise<Injection> {
  const headers: Record<string, string> = {};
  const secrets: Buffer[] = [];
  for (const { header, template, ref } of wanted) {
    const secret = (await Promise.resolve(source.get(ref)).catch(() => undefined))?.reveal();
    // A line break in a secret would begin another header.
    if (secret === undefined || secret === '' || secret.length > EGRESS_SECRET_LENGTH || /[^\x21-\x7e]/.test(secret)) {
      throw new Refused('EGRESS_SECRET_UNAVAILABLE');
    }
    headers[header.toLowerCase()] = template.replace(SECRET_PLACEHOLDER, () => secret);
    if (secret.length >= SHORTEST_SEARCHED) secrets.push(Buffer.from(secret, 'latin1'));
  }
  return { headers, secrets };
}
