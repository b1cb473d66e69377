import { z } from 'zod';
import { line, path } from './scalars.ts';

/** Where a secret is read from. A value never stands in `ward.yaml`. */
export const secretRef = z
  .union(
    [
      z.strictObject({
        file: path.describe('File with mode 0600 that holds the secret; one line end at the end is dropped.'),
      }),
      z.strictObject({ fd: z.int().min(3).max(1023).describe('File descriptor inherited by `ward up`, read once.') }),
      z.strictObject({ keychain: line(256).describe("Name in the operating system's keychain.") }),
    ],
    { error: 'must name where the secret is: {file: PATH}, {fd: NUMBER} or {keychain: NAME}' },
  )
  .describe('Where a secret is read from; its value never stands in this file.');

export type SecretRef = z.output<typeof secretRef>;

// biome-ignore lint/suspicious/noTemplateCurlyInString: the place is spelled so in configuration.
const PLACE = '${secret}';

/** A text with `${secret}` once, such as `Bearer ${secret}`. */
export const secretTemplate = line(512)
  .refine((text) => text.split(PLACE).length === 2, { error: `must hold ${PLACE} exactly once` })
  .prefault(PLACE)
  .describe(`What is sent, with the secret in the place of ${PLACE}.`);

/** The template with the secret in its place. */
export function fillTemplate(template: string, secret: string): string {
  return template.replace(PLACE, () => secret);
}
