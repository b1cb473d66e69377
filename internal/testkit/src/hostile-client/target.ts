import type { Observation } from '../attack.ts';

/** Where a hostile client goes. */
export interface Target {
  /** The MCP endpoint of an honest server: `https://127.0.0.1:PORT/servers/honest/mcp`, or a naive server's address. */
  readonly url: string;
  /** PEM of the CA to trust. */
  readonly ca?: string;
  /** Bearer tokens by agent: `local`, `mallory`, `revoked` and `busy`. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** A client that misbehaves. The honest server behind the target has the tool `act`, which answers with its `text`. */
export interface ClientAttack {
  readonly id: string;
  /** What the client does, as a sentence without subject: `sends two bodies in one`. */
  readonly title: string;
  run(target: Target): Promise<Observation>;
  /** What may be observed at a gateway, and nothing else. */
  readonly expect: readonly string[];
}
