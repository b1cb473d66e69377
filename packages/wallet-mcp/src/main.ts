#!/usr/bin/env node
import { isCoded } from '@wardmesh/core';
import { HELP, parseOptions } from './options.ts';
import { runWalletServer } from './run.ts';

try {
  const settings = parseOptions(process.argv.slice(2), process.env);
  if (settings.help) {
    process.stderr.write(HELP);
  } else {
    // Standard output is the protocol's alone: whatever a library prints there goes to standard error (W17).
    const output = process.stdout;
    console.log = console.info = console.debug = console.error;
    const server = runWalletServer({ ...settings, input: process.stdin, output });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
    await server.closed;
    process.exit(0);
  }
} catch (error) {
  if (!isCoded(error)) throw error;
  process.stderr.write(`${JSON.stringify(error.toJSON())}\n`);
  process.exitCode = 2;
}
