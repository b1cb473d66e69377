import {
  type Clock,
  canonicalize,
  type JsonObject,
  MAX_RESPONSE_BYTES,
  type Random,
  systemClock,
  systemRandom,
} from '@wardmesh/core';
import { translated } from '../../eras/translated.ts';
import type { Era } from '../../protocol/revision.ts';
import { type ConfiguredEra, EraChooser } from '../era-chooser.ts';
import { unavailable } from '../errors.ts';
import type { OnUpstreamEvent } from '../event.ts';
import { MAX_CHILDREN, MAX_CHILDREN_PER_PRINCIPAL, MAX_LINE_BYTES } from '../limits.ts';
import type { Attachment, Channel, Upstream, UpstreamStatus } from '../port.ts';
import { type BreakerOptions, DEFAULT_BREAKER } from './breaker.ts';
import type { ChildLike } from './child.ts';
import { Lane } from './lane.ts';
import { StdioChannel } from './stdio-channel.ts';

/** The principal a shared child is launched for. No principal's name: names are never a star. */
export const SHARED_PRINCIPAL = '*';

export interface StdioUpstreamOptions {
  readonly id: string;
  /** Starts one sandboxed child for a principal ({@link SHARED_PRINCIPAL} where shared). */
  readonly launch: (principal: string) => Promise<ChildLike>;
  /** One child for all principals: for servers that keep no state. It can ask no client anything. */
  readonly shared: boolean;
  /** `sha256:…` of the sandbox profile, or `none`. */
  readonly profile: string;
  readonly era?: ConfiguredEra;
  readonly handshakeTimeoutMs?: number;
  /** How long an unused child lives; 0 for ever. */
  readonly idleReapMs?: number;
  readonly maxLineBytes?: number;
  readonly breaker?: BreakerOptions;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly onEvent?: OnUpstreamEvent;
  /** Who we say we are: one child serves many sessions, so no single client's name fits. */
  readonly clientInfo: JsonObject;
}

/** A server that runs as a child process: one per principal, declared capabilities, revision and era. */
export function stdioUpstream(options: StdioUpstreamOptions): Upstream {
  const lanes = new Map<string, Lane>();
  let closed = false;

  const laneFor = (era: Era, attachment: Attachment): Lane => {
    for (const [key, lane] of lanes) if (lane.isForgettable) lanes.delete(key);
    const { client } = attachment;
    const principal = options.shared ? SHARED_PRINCIPAL : attachment.principal;
    const capabilities = options.shared ? {} : client.capabilities;
    // In the stateless era capabilities ride in each request, so one child serves all of a principal's clients.
    const key = canonicalize([era, principal, ...(era === 'session' ? [client.revision, capabilities] : [])]);
    const found = lanes.get(key);
    if (found !== undefined) return found;
    const own = [...lanes.values()].filter((lane) => lane.principal === principal).length;
    if (lanes.size >= MAX_CHILDREN || own >= MAX_CHILDREN_PER_PRINCIPAL) {
      throw unavailable('too many children of this server run already');
    }
    const lane = new Lane({
      upstream: options.id,
      principal,
      era,
      self: { revision: client.revision, capabilities, info: options.clientInfo },
      shared: options.shared,
      launch: () => options.launch(principal),
      handshakeTimeoutMs: options.handshakeTimeoutMs ?? 30_000,
      idleReapMs: options.idleReapMs ?? 600_000,
      maxLineBytes: Math.min(options.maxLineBytes ?? MAX_LINE_BYTES, MAX_RESPONSE_BYTES),
      breaker: options.breaker ?? DEFAULT_BREAKER,
      clock: options.clock ?? systemClock,
      random: options.random ?? systemRandom,
      onEvent: options.onEvent ?? (() => {}),
    });
    lanes.set(key, lane);
    return lane;
  };

  const open = async (era: Era, attachment: Attachment): Promise<Channel> => {
    const lane = laneFor(era, attachment);
    await lane.ensure();
    return new StdioChannel(lane, attachment);
  };
  const chooser = new EraChooser(
    options.era ?? 'auto',
    translated(open, { hasHeaders: false }),
    options.clock ?? systemClock,
  );

  return {
    id: options.id,
    profile: options.profile,
    attach(attachment) {
      if (closed) return Promise.reject(unavailable('the gateway is closing'));
      return chooser.attach(attachment);
    },
    status: () => statusOf([...lanes.values()], closed, options.profile),
    async close() {
      closed = true;
      await Promise.all([...lanes.values()].map((lane) => lane.close()));
      lanes.clear();
    },
  };
}

function statusOf(lanes: readonly Lane[], closed: boolean, sandbox: string): UpstreamStatus {
  const states = lanes.map((lane) => lane.state);
  const state = closed
    ? 'closed'
    : ((['ready', 'starting', 'broken', 'backing-off'] as const).find((one) => states.includes(one)) ?? 'idle');
  const lastError = lanes.findLast((lane) => lane.lastError !== undefined)?.lastError;
  return {
    state,
    processes: states.filter((one) => one === 'ready' || one === 'starting').length,
    restarts: lanes.reduce((sum, lane) => sum + lane.restarts, 0),
    ...(lastError !== undefined && { lastError }),
    sandbox,
  };
}
