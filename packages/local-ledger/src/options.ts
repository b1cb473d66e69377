import { parseArgs } from 'node:util';
import { CLOSE_EVERY_MS, DEFAULT_PORT, MAX_CLOSE_EVERY_MS, MIN_CLOSE_EVERY_MS } from './limits.ts';

export interface CommandOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** State file; without one the ledger is gone when the process is. */
  readonly state: string | undefined;
  readonly closeEveryMs: number;
  readonly json: boolean;
}

export const USAGE = `usage: local-ledger [--port N] [--state FILE] [--close-every MS] [--json]
An XRP Ledger of one node, on this machine only. Its XRP is worth nothing.`;

/** @throws Error with a line for people, where an argument is unknown or out of range. */
export function parseOptions(args: readonly string[]): CommandOptions {
  const { values } = parseArgs({
    args: [...args],
    strict: true,
    options: {
      port: { type: 'string' },
      state: { type: 'string' },
      'close-every': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  return {
    port: whole('--port', values.port, DEFAULT_PORT, 0, 65_535),
    state: values.state,
    closeEveryMs: whole('--close-every', values['close-every'], CLOSE_EVERY_MS, MIN_CLOSE_EVERY_MS, MAX_CLOSE_EVERY_MS),
    json: values.json ?? false,
  };
}

function whole(name: string, text: string | undefined, unset: number, least: number, most: number): number {
  if (text === undefined) return unset;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value < least || value > most) throw new Error(`${name} takes a whole number from ${least} to ${most}`);
  return value;
}
