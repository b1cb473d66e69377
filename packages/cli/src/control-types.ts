import type { Json, JsonObject } from '@wardmesh/core';

/** Answers of the control API, as the gateway documents them. Times are milliseconds since the epoch unless text. */

export interface ServerStatus {
  readonly id: string;
  readonly state: string;
  readonly sandbox: string;
  readonly tools: number;
  readonly quarantined: number;
  readonly reviewed: boolean;
  readonly lastError?: string;
}

/** A process beside the gateway: the signer, the local ledger. */
export interface ProcessStatus {
  readonly name: string;
  readonly state: string;
  readonly pid?: number;
  readonly restarts: number;
  readonly address?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

export interface Status {
  readonly version: string;
  readonly pid: number;
  readonly url: string;
  /** null where the operator serves plain HTTP on this machine itself. */
  readonly caFile: string | null;
  readonly pin: string | null;
  readonly certificateExpires?: number | null;
  readonly startedAt: number | string;
  readonly servers: readonly ServerStatus[];
  readonly processes?: readonly ProcessStatus[];
  readonly audit: { readonly size: number; readonly origin: string; readonly healthy: boolean };
  readonly recovery?: Json;
  readonly policyVersion: string;
  /** Why the policies of the folder are not in force; those before stay, and at start none is. */
  readonly policyProblem?: { readonly message: string; readonly hint?: string } | null;
}

export interface ServerDiff {
  readonly changed: readonly { readonly tool: string; readonly lines: readonly string[] }[];
  readonly added: readonly string[];
  /** The added ones, whole. */
  readonly definitions?: readonly { readonly tool: string; readonly lines: readonly string[] }[];
  /** Hash of all that is offered. */
  readonly offer?: string;
  readonly removed: readonly string[];
}

export interface Agent {
  readonly id: string;
  readonly name?: string;
  readonly roles: readonly string[];
  readonly createdAt: number;
  readonly revokedAt?: number;
}

export interface Approval {
  readonly id: string;
  readonly state: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly over: string;
  readonly quorum: number;
  readonly reason: readonly string[];
  readonly binding: {
    readonly server: string;
    readonly tool: string;
    readonly pin: string;
    readonly arguments: JsonObject;
    readonly argumentsHash: string;
    readonly principal: string;
    readonly policyVersion: string;
    readonly nonce: string;
    readonly expiry: number;
  };
  readonly signatures: readonly { readonly by: string; readonly keyId: string }[];
  readonly decidedBy?: readonly string[];
  readonly denyReason?: string;
}

export interface RoleGrant {
  readonly id: string;
  /** CAIP-10 of a wallet. */
  readonly subject: string;
  readonly role: string;
  readonly grantedBy: string;
  readonly grantedAt: number;
  readonly expires?: number;
}

export interface Roles {
  /** `operator:` and the key that signs the first grant. */
  readonly operator: string;
  readonly grants: readonly RoleGrant[];
  /** Role → permissions. */
  readonly matrix: Readonly<Record<string, readonly string[]>>;
}
