import type { Peer } from './peer/peer.ts';

/** What one attempt led to. */
export interface Observation {
  /** Whether the fault reached the client (server attacks) or the server did as told (client attacks). */
  readonly through: boolean;
  /** One word for what was seen: a code of the gateway, or what came instead. */
  readonly observed: string;
}

/** What an attack by a server runs with. */
export interface ServerAttackContext {
  /** Unique to this attempt; the hostile server has it as its second argument. */
  readonly marker: string;
  /** How long the client waits for an answer before it speaks of silence, ms: longer than the target's own time limit. */
  readonly waitMs: number;
  /** Requests that reached the sink an HTTP server redirects to. */
  readonly sinkHits: () => number;
}

/** A server that misbehaves, with the client's side of the attempt. */
export interface ServerAttack {
  readonly id: string;
  /** What the server does, as a sentence without subject: `answers twice`. */
  readonly title: string;
  readonly transport: 'stdio' | 'http';
  /** Plays the naive client and says what reached it. */
  run(peer: Peer, context: ServerAttackContext): Promise<Observation>;
  /** What may be observed through a gateway, and nothing else. */
  readonly expect: readonly string[];
}
