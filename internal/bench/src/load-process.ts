/** The load generator as a process of its own: options as JSON on standard input, the result as JSON on standard output. */
import { text } from 'node:stream/consumers';
import { type LoadOptions, rawLoad } from './raw-load.ts';

const options = JSON.parse(await text(process.stdin)) as LoadOptions;
process.stdout.write(JSON.stringify(await rawLoad(options)));
process.exit(0);
