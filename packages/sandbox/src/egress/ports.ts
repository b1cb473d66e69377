import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import type { Secret } from '@wardmesh/core';

/** Names to addresses. The proxy asks once per connection and uses that very answer. */
export interface Resolver {
  /** All addresses of a name; rejects where it has none. */
  resolve(host: string): Promise<readonly string[]>;
}

/** Where secrets of egress rules come from. */
export interface SecretSource {
  /** The secret, or undefined where there is none of that name. */
  get(ref: string): Promise<Secret | undefined> | Secret | undefined;
}

/** Opens a TCP connection to an address that has been judged. */
export type Dial = (address: string, port: number) => Socket;

/** One line for the operator's log: never a secret, a path, a header or a body. */
export interface EgressEvent {
  readonly host: string;
  readonly port: number;
  readonly outcome: 'open' | EgressRefusal;
}

export type EgressRefusal =
  | 'EGRESS_BAD_REQUEST' // not a request a proxy takes
  | 'EGRESS_DENIED' // no rule grants this host and port
  | 'EGRESS_ADDRESS_REFUSED' // the name led to a private or special address
  | 'EGRESS_RESOLVE_FAILED'
  | 'EGRESS_UPSTREAM_FAILED'
  | 'EGRESS_REDIRECT_REFUSED' // the upstream sends the client to a host no rule grants
  | 'EGRESS_SECRET_UNAVAILABLE'
  | 'EGRESS_SECRET_ECHOED' // the upstream's answer held the secret
  | 'EGRESS_LIMIT';

/** The operating system's resolver, outside the sandbox. */
export const systemResolver: Resolver = {
  async resolve(host) {
    const answers = await lookup(host, { all: true, order: 'verbatim' });
    return answers.map((answer) => answer.address);
  },
};

export const systemDial: Dial = (address, port) => connect({ host: address, port });
