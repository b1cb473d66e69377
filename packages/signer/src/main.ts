import { parseArgs } from 'node:util';
import { isCoded, systemClock, systemRandom } from '@wardmesh/core';
import { assertHardened } from './harden/assert.ts';
import { readFacts } from './harden/facts.ts';
import { readProviders } from './providers/config.ts';
import { describeFault } from './serve/faults.ts';
import { openAuthority } from './serve/open-authority.ts';
import { openSigner } from './serve/signer.ts';

/**
 * The signer's process, started by `startSigner` inside its sandbox. Writes one line of JSON to standard output once it
 * listens, and lines of JSON without secrets to standard error. Ends when it is told to (SIGTERM), or when whoever
 * started it is gone (standard input ends).
 */

const say = (stream: NodeJS.WriteStream, line: object): void => {
  stream.write(`${JSON.stringify(line)}\n`);
};
const log = (line: Readonly<Record<string, unknown>>): void =>
  say(process.stderr, { time: systemClock.now(), ...line });

/** Exit status of a process that refuses to start, as sysexits(3) has it for a wrong configuration. */
const REFUSED = 78;
/** And of one that must not go on: sysexits(3), internal error. */
const BROKEN = 70;

// What nobody caught ends the process: its message may hold anything, so only where it came from is said.
const die = (error: unknown): void => {
  log({ level: 'fatal', ...describeFault(error) });
  process.exit(BROKEN);
};
process.on('uncaughtException', die);
process.on('unhandledRejection', die);
// Files and sockets are this user's alone, whatever was inherited.
process.umask(0o077);

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      approvers: { type: 'string' },
      providers: { type: 'string' },
      addons: { type: 'boolean', default: false },
      contained: { type: 'string', default: 'none' },
      'rotation-days': { type: 'string' },
      fips: { type: 'boolean', default: false },
      'allow-unprotected': { type: 'boolean', default: false },
    },
  });
  const facts = readFacts(values.addons === true);
  if (values['allow-unprotected'] !== true) assertHardened(facts);
  const days = values['rotation-days'];
  const providers = values.providers === undefined ? undefined : await readProviders(values.providers);
  const proxy = process.env.HTTPS_PROXY;
  const signer = await openSigner({
    folder: values.folder!,
    approversFile: values.approvers!,
    clock: systemClock,
    random: systemRandom,
    facts,
    contained: values.contained === 'bubblewrap' ? 'bubblewrap' : 'none',
    fips: values.fips === true,
    ...(days !== undefined && { rotationPeriod: Number(days) * 24 * 3_600_000 }),
    ...(providers !== undefined && { providers }),
    ...(proxy !== undefined && { proxy }),
    log,
    authority: openAuthority,
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await signer.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop().catch(die));
  process.on('SIGINT', () => void stop().catch(die));
  process.stdin
    .on('end', () => void stop().catch(die))
    .on('error', () => undefined)
    .resume();
  say(process.stdout, { ready: true, pid: process.pid });
}

try {
  await run();
} catch (error) {
  if (isCoded(error)) log({ level: 'fatal', ...error.toJSON(), cause: describeFault(error.cause) });
  else log({ level: 'fatal', ...describeFault(error) });
  process.exit(REFUSED);
}
