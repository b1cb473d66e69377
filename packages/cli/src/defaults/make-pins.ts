/**
 * Writes pins.json: the reviews of the default servers, from what their installed versions really offer. Whoever runs it
 * and commits the result has reviewed the definitions: `node packages/cli/src/defaults/make-pins.ts`.
 */
import { writeFileSync } from 'node:fs';
import { DEFAULT_PACKAGES, observePins } from './observe-pins.ts';

const pins: Record<string, unknown> = {};
for (const name of DEFAULT_PACKAGES) pins[name] = await observePins(name);
writeFileSync(new URL('./pins.json', import.meta.url), `${JSON.stringify(pins, null, 2)}\n`);
