/** Writes docs/ward.schema.json. Run it after a change of the schema: `node packages/gateway/src/config/write-schema.ts`. */
import { writeFileSync } from 'node:fs';
import { wardJsonSchema } from './json-schema.ts';

writeFileSync(new URL('../../../../docs/ward.schema.json', import.meta.url), wardJsonSchema());
