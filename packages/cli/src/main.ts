import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '@wardmesh/core';
import { run } from './run.ts';

// A reader that closes the pipe early (`ward audit tail | head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const root = process.env.WARD_ROOT;
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  ward: root === undefined ? fileURLToPath(import.meta.url) : `${root}/ward`,
});
