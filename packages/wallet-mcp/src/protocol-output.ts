import { Writable } from 'node:stream';

/**
 * Takes standard output for the protocol alone (W17): from now on whatever else is written there, by `console` or directly,
 * goes to standard error. @returns the only way left to write to it
 */
export function takeStandardOutput(): Writable {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  // The stream that writes tells its user; this one would end the process.
  stdout.on('error', () => undefined);
  return new Writable({ write: (chunk: Buffer, _encoding, done) => void write(chunk, done) });
}
