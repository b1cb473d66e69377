import { type Clock, type JsonObject, systemClock } from '@wardmesh/core';
import { translated } from '../../eras/translated.ts';
import type { Era } from '../../protocol/revision.ts';
import { type ConfiguredEra, EraChooser } from '../era-chooser.ts';
import { unavailable } from '../errors.ts';
import type { OnUpstreamEvent } from '../event.ts';
import type { Introduction } from '../handshake.ts';
import type { Attachment, Channel, Upstream } from '../port.ts';
import { WrongEra } from '../wrong-era.ts';
import { type Resolver, systemResolver } from './dialer.ts';
import { HttpClient } from './http-client.ts';
import { HttpSession } from './http-session.ts';
import { HttpStateless } from './http-stateless.ts';
import { isUnknownHere, NotStreamable } from './session-wire.ts';
import { SseSession } from './sse-session.ts';

export interface HttpUpstreamOptions {
  readonly id: string;
  readonly url: string;
  /** `sse` is the HTTP+SSE transport of 2024-11-05; `auto` tries it where Streamable HTTP is not offered. */
  readonly transport: 'streamable-http' | 'sse' | 'auto';
  readonly era?: ConfiguredEra;
  /** Asked for each request; where secrets are put in. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** Asked once for each request that the server answers with 401, see {@link HttpClient}. */
  readonly afterRefusal?: (authorization: string) => Promise<string>;
  /** PEM certificates to trust instead of the system's. */
  readonly ca?: string;
  /** `sha256/…`, base64, of the certificate's SubjectPublicKeyInfo (RFC 7469 §2.4). */
  readonly pin?: string;
  readonly insecureLoopback: boolean;
  /** The host's name may resolve to private addresses. Link-local ones are refused even so. */
  readonly allowPrivate?: boolean;
  readonly resolver?: Resolver;
  readonly handshakeTimeoutMs?: number;
  readonly clock?: Clock;
  readonly onEvent?: OnUpstreamEvent;
  /** Used where a client did not introduce itself. */
  readonly clientInfo: JsonObject;
}

/**
 * A server behind HTTP. Sessions are one per attachment. A time limit ends the stream and says `cancelled`; that a remote
 * machine stopped its work cannot be enforced from here.
 *
 * @throws UpstreamError UPSTREAM_INSECURE for plain http (but to literal loopback where allowed), other schemes and
 * credentials in the URL.
 */
export function httpUpstream(options: HttpUpstreamOptions): Upstream {
  const url = new URL(options.url);
  const client = new HttpClient({
    url,
    insecureLoopback: options.insecureLoopback,
    allowPrivate: options.allowPrivate ?? false,
    resolver: options.resolver ?? systemResolver,
    headers: options.headers ?? (async () => ({})),
    ...(options.afterRefusal && { afterRefusal: options.afterRefusal }),
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.pin !== undefined && { pin: options.pin }),
  });
  const common = {
    client,
    upstream: options.id,
    clock: options.clock ?? systemClock,
    onEvent: options.onEvent ?? (() => {}),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? 30_000,
  };
  const channels = new Set<Channel>();
  let closed = false;
  let connecting = 0;
  let lastError: string | undefined;
  let isLegacySse = options.transport === 'sse';

  const openSession = async (self: Introduction, attachment: Attachment): Promise<Channel> => {
    if (!isLegacySse) {
      try {
        return await HttpSession.open({ ...common, self }, attachment);
      } catch (error) {
        if (!(error instanceof NotStreamable)) throw error;
        if (options.transport !== 'auto') throw new WrongEra('session', error);
      }
    }
    try {
      const session = await SseSession.open({ ...common, self }, attachment);
      isLegacySse = true;
      return session;
    } catch (error) {
      // Nothing of the session era at this address; the other era has a say before it is given up.
      if (isUnknownHere(error)) throw new WrongEra('session', error);
      throw error;
    }
  };

  const open = async (era: Era, attachment: Attachment): Promise<Channel> => {
    const { client: facts } = attachment;
    const self = { revision: facts.revision, capabilities: facts.capabilities, info: facts.info ?? options.clientInfo };
    const channel =
      era === 'session' ? await openSession(self, attachment) : await HttpStateless.open({ ...common, self });
    return tracked(channel, channels);
  };
  // HTTP+SSE is older than the stateless era.
  const era = options.transport === 'sse' ? 'session' : (options.era ?? 'auto');
  const chooser = new EraChooser(era, translated(open, { hasHeaders: true }), common.clock);

  return {
    id: options.id,
    profile: 'remote',
    async attach(attachment) {
      if (closed) throw unavailable('the gateway is closing');
      connecting++;
      try {
        const channel = await chooser.attach(attachment);
        lastError = undefined;
        common.onEvent({
          type: 'ready',
          upstream: options.id,
          era: channel.facts.era,
          revision: channel.facts.revision,
        });
        return channel;
      } catch (error) {
        lastError = error instanceof Error ? error.message : 'unknown';
        throw error;
      } finally {
        connecting--;
      }
    },
    status: () => ({
      state: closed ? 'closed' : channels.size > 0 ? 'ready' : connecting > 0 ? 'starting' : 'idle',
      processes: 0,
      restarts: 0,
      ...(lastError !== undefined && { lastError }),
      sandbox: 'remote',
    }),
    async close() {
      closed = true;
      await Promise.all([...channels].map((channel) => channel.close()));
      await client.close();
    },
  };
}

/** The channel, forgotten when it is closed. */
function tracked(channel: Channel, channels: Set<Channel>): Channel {
  channels.add(channel);
  const close = channel.close.bind(channel);
  channel.close = () => {
    channels.delete(channel);
    return close();
  };
  return channel;
}
