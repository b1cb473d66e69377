import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { type Clock, type Random, systemClock, systemRandom } from '@wardmesh/core';
import type { XrplLedgerOptions } from '@wardmesh/ledgers';
import type { Network } from '@wardmesh/wallet';
import type { Sleep } from './call.ts';
import type { Failure } from './invoke.ts';
import { type Endpoints, Networks } from './ledger/networks.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { walletServerFactory } from './server.ts';
import { signerAt } from './signer/connect.ts';
import type { SignerPort } from './signer/port.ts';

export interface WalletServerOptions {
  /** Path of the signer's `agent.sock`, or a signer. */
  readonly signer: string | SignerPort;
  /** Network of calls that name none. Default testnet. */
  readonly network?: Network;
  /** Endpoints in place of the public ones, by network. */
  readonly endpoints?: Endpoints;
  /** Let tx_submit send what this wallet did not sign. Default false. */
  readonly submitAny?: boolean;
  /** Where messages come from and go to; the process's own by default. Nothing else is written to `output` (W17). */
  readonly input?: Readable;
  readonly output?: Writable;
  /** Told of every failure, without arguments. Default: one JSON line on standard error. */
  readonly report?: (failure: Failure) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly sleep?: Sleep;
  readonly fetch?: typeof fetch;
  /** Timeouts, pauses and certificates of the ledger clients. */
  readonly ledger?: Partial<Omit<XrplLedgerOptions, 'endpoints' | 'networkId'>>;
}

export interface WalletServer {
  /** Resolves when the client is gone or {@link WalletServer.close} was called. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the MCP server `wallet` over a pair of streams, in both protocol eras. It holds no key: it asks a signer and
 * talks to ledgers. @throws LedgersError INVALID_ENDPOINT
 */
export function runWalletServer(options: WalletServerOptions): WalletServer {
  const signer = typeof options.signer === 'string' ? signerAt(options.signer) : options.signer;
  const networks = new Networks(options.network ?? 'testnet', options.endpoints, options.ledger);
  const factory = walletServerFactory(
    {
      signer,
      networks,
      clock: options.clock ?? systemClock,
      random: options.random ?? systemRandom,
      sleep: options.sleep ?? sleep,
      fetch: options.fetch ?? fetch,
      submitAny: options.submitAny ?? false,
    },
    options.report ?? reportToStandardError,
  );
  const { promise: closed, resolve: ended } = Promise.withResolvers<void>();
  const transport = new StdioServerTransport(options.input, options.output, { maxBufferSize: MAX_MESSAGE_BYTES });
  const handle = serveStdio(factory, {
    transport: onceClosed(transport, () => void close()),
    // Its message would repeat what the client sent.
    onerror: ({ name }) => process.stderr.write(`${JSON.stringify({ event: 'protocol-error', name })}\n`),
  });
  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= (async () => {
      await handle.close().catch(() => undefined);
      networks.close();
      await signer.close().catch(() => undefined);
      ended();
    })();
    return closing;
  }
  return { closed, close };
}

/** Calls `then` when the transport closes, whoever else listens. */
function onceClosed(transport: StdioServerTransport, then: () => void): StdioServerTransport {
  let theirs: (() => void) | undefined;
  Object.defineProperty(transport, 'onclose', {
    configurable: true,
    get: () => () => {
      theirs?.();
      then();
    },
    set: (listener: (() => void) | undefined) => {
      theirs = listener;
    },
  });
  return transport;
}

const sleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });

function reportToStandardError(failure: Failure): void {
  process.stderr.write(`${JSON.stringify({ event: 'tool-error', ...failure })}\n`);
}
