import { z } from 'zod';
import { wardSchema } from './schema.ts';

/** The JSON Schema (2020-12) of `ward.yaml` as written, for editors. `docs/ward.schema.json` is this text. */
export function wardJsonSchema(): string {
  const schema = z.toJSONSchema(wardSchema, { io: 'input', target: 'draft-2020-12' });
  return `${JSON.stringify({ title: 'ward.yaml', ...schema }, null, 2)}\n`;
}
