import type { Era } from '../../protocol/revision.ts';
import { unavailable, upstreamError } from '../errors.ts';
import {
  discoverRequest,
  INITIALIZED,
  type Introduction,
  initializeRequest,
  readDiscovered,
  readInitialized,
} from '../handshake.ts';
import { PROBE_TIMEOUT_MS } from '../limits.ts';
import type { ServerFacts } from '../port.ts';
import { WrongEra } from '../wrong-era.ts';
import type { StdioConnection, WireCall } from './connection.ts';

/** Shakes hands with a fresh child. @throws WrongEra · UpstreamError */
export async function shakeHands(
  connection: StdioConnection,
  era: Era,
  self: Introduction,
  timeoutMs: number,
): Promise<ServerFacts> {
  return era === 'session' ? openSession(connection, self, timeoutMs) : openStateless(connection, self, timeoutMs);
}

async function openSession(connection: StdioConnection, self: Introduction, timeoutMs: number): Promise<ServerFacts> {
  const late = upstreamError('UPSTREAM_TIMEOUT', 'the server did not answer the handshake in time');
  const reply = await withLimit(timeoutMs, late, (signal) =>
    connection.request(handshakeCall(initializeRequest(self), signal)),
  );
  const initialized = readInitialized(reply.message);
  if (initialized === undefined) throw new WrongEra('session');
  connection.notify(INITIALIZED);
  return initialized.facts;
}

async function openStateless(connection: StdioConnection, self: Introduction, timeoutMs: number): Promise<ServerFacts> {
  // Silence means session era (2026-07-28 §stdio); so does a server that exits on what it does not know.
  const silent = new AbortController();
  const timer = setTimeout(
    () => silent.abort(unavailable('no answer to the probe')),
    Math.min(timeoutMs, PROBE_TIMEOUT_MS),
  );
  try {
    const reply = await connection.request(handshakeCall(discoverRequest(self), silent.signal));
    const facts = readDiscovered(reply.message);
    if (facts === undefined) throw new WrongEra('stateless');
    return facts;
  } catch (error) {
    if (error instanceof WrongEra) throw error;
    throw new WrongEra('stateless', error);
  } finally {
    clearTimeout(timer);
  }
}

function handshakeCall(message: WireCall['message'], signal: AbortSignal): WireCall {
  return { message, signal, notify: () => {} };
}

async function withLimit<T>(ms: number, reason: Error, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(reason), ms);
  try {
    return await run(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
