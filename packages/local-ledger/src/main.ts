#!/usr/bin/env node
import { TestLedger } from './ledger.ts';
/**
 * The network `local` as a process: an XRP Ledger of one node with a faucet, on 127.0.0.1 only. **No real money**: its
 * genesis key is public, its XRP is worth nothing, and its network id (31337) keeps what is signed for it from every
 * other network.
 *
 * Ledgers close by themselves. A validated ledger that holds a transaction is in the state file before the next one
 * closes, so the process may be killed at any time; a ledger that cannot be written ends the process. Started with an
 * IPC channel, it ends with the process that started it.
 */
import { LOCAL_NETWORK_ID } from './limits.ts';
import { type CommandOptions, parseOptions, USAGE } from './options.ts';
import { startLedgerServer } from './server.ts';
import { loadLedger, saveLedger, saver } from './store.ts';

async function run(options: CommandOptions): Promise<void> {
  const { state } = options;
  const networkId = LOCAL_NETWORK_ID;
  const ledger = state === undefined ? new TestLedger({ networkId }) : loadLedger(state, { networkId });
  const save = state === undefined ? undefined : saver(state);
  // At once, so that a folder that cannot be written is found before anybody was paid.
  if (state !== undefined) saveLedger(state, ledger);
  const server = await startLedgerServer({
    ledger,
    port: options.port,
    closeEveryMs: options.closeEveryMs,
    onClose: (closed) => {
      try {
        save?.(closed);
      } catch (error) {
        fail('STATE_UNWRITABLE', `the ledger cannot be written: ${messageOf(error)}`);
      }
    },
  });
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    // What was submitted is validated and kept.
    if (ledger.openCount > 0) server.close();
    await server.stop();
    if (state !== undefined) saveLedger(state, ledger);
    process.exit(0);
  };
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.on(event, () => void stop());
  const { port } = new URL(server.url);
  const ready = { event: 'ready', url: server.url, faucet: server.faucetUrl, port: Number(port), networkId };
  const line = options.json
    ? JSON.stringify(ready)
    : `ready at ${ready.url}, faucet ${ready.faucet}, network id ${networkId}: no real money`;
  process.stdout.write(`${line}\n`);
}

function fail(code: string, message: string): never {
  process.stderr.write(`${JSON.stringify({ code, message })}\n`);
  process.exit(1);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

let options: CommandOptions | undefined;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n${USAGE}\n`);
  process.exitCode = 2;
}
if (options !== undefined) {
  await run(options).catch((error: NodeJS.ErrnoException) =>
    fail(error.code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'START_FAILED', messageOf(error)),
  );
}
