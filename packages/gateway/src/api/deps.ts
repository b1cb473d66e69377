import type { ApprovalView } from '@wardmesh/api';
import type { JsonObject } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import type { SignInPort } from '../oauth/index.ts';
import type { People, Rights } from '../people/people.ts';
import type { WebSessions } from './sessions.ts';

/** Who asks, and what they may do now: looked up anew for each request, so that a revoked grant stops at once. */
export interface Caller {
  /** CAIP-10. */
  readonly id: string;
  readonly rights: Rights;
  readonly expiresAt: number;
  readonly session: {
    readonly id: string;
    readonly ended: { readonly aborted: boolean };
    /** Ends it, and with it all that is open by it: the browser's session, or the consent behind a token. */
    readonly end: () => unknown;
    /** `wallet`, or `passkey:` and its credential id, and when (monotonic ms); absent where a token is shown. */
    readonly openedBy?: string;
    readonly openedAt?: number;
  };
}

/** A request that waits in the signer. */
export interface SignerRequestView extends Omit<ApprovalView, 'mayDecide'> {
  /** Ids of the keys whose signatures the signer counts. */
  readonly deciders: readonly string[];
}

export interface SignerFacts {
  readonly wallets: number;
  readonly unlocked: number;
  /** Requests that wait for people. */
  readonly pending: number;
  readonly keysDue: number;
  readonly nextRotation: number | undefined;
}

/** The signer, as whoever starts the gateway wires it: the gateway itself knows no wallet. */
export interface WalletsPort {
  list(): Promise<readonly JsonObject[]>;
  show(network: string, address: string): Promise<JsonObject>;
  propose(request: {
    readonly network: string;
    readonly address: string;
    readonly policy: string;
    readonly mode: 'merge' | 'replace';
    readonly reason: string;
    readonly by: string;
  }): Promise<JsonObject>;
  approvals(open: boolean): Promise<readonly SignerRequestView[]>;
  approve(id: string, keyId: string, signature: string): Promise<void>;
  deny(id: string, keyId: string, signature: string, reason: string): Promise<void>;
  /** For metrics: counts, and when the next key is due for rotation, Unix ms. Names no wallet. */
  facts?(): Promise<SignerFacts>;
}

export interface ApiDeps {
  readonly gateway: Gateway;
  readonly sessions: WebSessions;
  readonly signIn: SignInPort;
  readonly people: People;
  readonly wallets: WalletsPort | undefined;
  readonly version: string;
}
