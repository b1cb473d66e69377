import { lstat, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { signerError } from '../error.ts';
import { MAX_CONNECTIONS, STOP_GRACE, STOP_POLL } from '../limits.ts';
import { Peer } from '../wire/peer.ts';
import type { Handlers, Method } from './context.ts';
import { type Door, dispatcher } from './dispatch.ts';
import { type FaultSink, toWire } from './faults.ts';

/** One of the two sockets, listening. */
export interface Listening {
  /** Takes no further connection, waits a moment for what is being answered, and drops the rest. */
  close(): Promise<void>;
}

/** @param path of the socket, in a folder of mode 0700; what a dead process left there is removed */
export async function listen(
  path: string,
  door: Door,
  handlers: Handlers<Method>,
  sink: FaultSink,
): Promise<Listening> {
  await removeStale(path);
  const peers = new Set<Peer>();
  const request = dispatcher(door, handlers);
  const server = createServer((socket) => {
    const peer = new Peer(socket, {
      request: async (method, params, attachments, from) => {
        try {
          return await request(method, params, attachments, from);
        } catch (error) {
          throw new Refused(error, method);
        }
      },
      toWire: (error) =>
        error instanceof Refused
          ? toWire(error.cause, door === 'operator', error.method, sink)
          : toWire(error, door === 'operator', '', sink),
    });
    peers.add(peer);
    void peer.closed.then(() => peers.delete(peer));
  });
  server.maxConnections = MAX_CONNECTIONS;
  await start(server, path);
  return {
    async close() {
      server.close();
      for (
        let waited = 0;
        waited < STOP_GRACE && [...peers].some(({ inFlight }) => inFlight > 0);
        waited += STOP_POLL
      ) {
        await delay(STOP_POLL);
      }
      for (const peer of peers) peer.destroy();
    },
  };
}

/** Carries the name of the method to where the error is turned into its public form. */
class Refused extends Error {
  readonly method: string;
  constructor(cause: unknown, method: string) {
    super('refused', { cause });
    this.method = method;
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw signerError('SIGNER_HOME_DAMAGED', 'something else stands where a socket belongs');
  await unlink(path);
}

async function start(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ path }, resolve);
  await promise;
  server.off('error', reject);
  // A connection that cannot be accepted is that connection's matter.
  server.on('error', () => undefined);
}
