#!/usr/bin/env node
// First: what the others print while they load must not reach standard output.
import './output.ts';
import { isCoded } from '@wardmesh/core';
import { HELP, parseOptions } from './options.ts';
import { output } from './output.ts';
import { runWalletServer } from './run.ts';

try {
  const settings = parseOptions(process.argv.slice(2), process.env);
  if (settings.help) {
    process.stderr.write(HELP);
  } else {
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
