import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { defaultConfig } from './default-config.ts';
import { wardJsonSchema } from './json-schema.ts';

describe('docs/ward.schema.json', () => {
  it('is current; node packages/gateway/src/config/write-schema.ts writes it', () => {
    const file = new URL('../../../../docs/ward.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(wardJsonSchema());
  });

  it('describes the text an operator writes, not what the gateway makes of it', () => {
    const schema = z.fromJSONSchema(JSON.parse(wardJsonSchema()));
    expect(schema.safeParse(parse(defaultConfig())).success).toBe(true);
    expect(schema.safeParse({ version: 1, limits: { timeout: 30_000 } }).success).toBe(false);
    expect(schema.safeParse({ version: 1, unknown: true }).success).toBe(false);
  });
});
