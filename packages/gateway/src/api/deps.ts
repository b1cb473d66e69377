import type { ApprovalView } from '@wardmesh/api';
import type { JsonObject } from '@wardmesh/core';
import type { Gateway } from '../gateway.ts';
import type { WebSessions } from './sessions.ts';

/** Who asks, and what they may do now: looked up anew for each request, so that a revoked grant stops at once. */
export interface Caller {
  /** CAIP-10, `passkey:…`, or an agent's id. */
  readonly id: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly permissions: ReadonlySet<string>;
  readonly expiresAt: number;
  /** Absent for programs with a token. */
  readonly session?: { readonly id: string; readonly ended: AbortSignal };
}

/** Sign-in by wallet, as @wardmesh/identity does it. Failures are one code and take constant time (XR-ERR-2). */
export interface SignInPort {
  challenge(request: {
    readonly kind: 'solana' | 'ethereum' | 'xrpl' | 'sui';
    readonly chain: string;
    readonly address: string;
    readonly domain: string;
    readonly uri: string;
  }): Promise<{ readonly challengeId: string; readonly message: string; readonly expiresAt: number }>;
  /** @returns CAIP-10 of the account. @throws CodedError SIGN_IN_FAILED, LOCKED_OUT */
  verify(request: {
    readonly challengeId: string;
    readonly signature: string;
    readonly publicKey?: string;
    readonly signedMessage?: string;
    /** For lockout only; never logged. */
    readonly remoteAddress: string;
  }): Promise<{ readonly person: string }>;
}

/** What people may do. */
export interface RolesPort {
  /** Roles and permissions of a person now; none for a stranger. */
  of(person: string): {
    readonly name: string | null;
    readonly roles: readonly string[];
    readonly permissions: readonly string[];
  };
  list(): { readonly grants: readonly GrantFacts[]; readonly matrix: JsonObject };
  prepare(by: string, draft: GrantDraft): { readonly draftId: string; readonly message: string };
  /** @throws CodedError where the signature or the right to grant is missing */
  commit(by: string, draftId: string, signature: string, publicKey?: string): Promise<readonly GrantFacts[]>;
  /** Called when anybody's grants changed. */
  onChanged(listener: (person: string) => void): () => void;
}

export interface GrantDraft {
  readonly act: 'grant' | 'revoke';
  readonly subject: string;
  readonly role: string;
  readonly expiresAt?: number;
}

export interface GrantFacts {
  readonly id: string;
  readonly subject: string;
  readonly role: string;
  readonly grantedBy: string;
  readonly grantedAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
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
  approvals(open: boolean): Promise<readonly Omit<ApprovalView, 'mayDecide'>[]>;
  approve(id: string, keyId: string, signature: string): Promise<void>;
  deny(id: string, keyId: string, signature: string, reason: string): Promise<void>;
}

export interface ApiDeps {
  readonly gateway: Gateway;
  readonly sessions: WebSessions;
  readonly signIn: SignInPort;
  readonly roles: RolesPort;
  readonly wallets: WalletsPort | undefined;
  readonly version: string;
}
