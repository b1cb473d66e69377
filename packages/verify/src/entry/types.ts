import type { Json } from '@wardmesh/core';
import type { AuditEventType } from './event-types.ts';

/** `sha256:` and 64 lower-case hex digits. */
export type ContentHash = `sha256:${string}`;

export interface AuditActor {
  readonly type: 'user' | 'system' | 'scheduled';
  readonly id?: string;
}

/** The seed's three results and two of ours: `pending` for an intent, `unknown` for one that a crash interrupted. */
export type AuditResult = 'success' | 'failure' | 'denied' | 'unknown' | 'pending';

export interface AuditOperation {
  readonly name: string;
  /** Sanitised and redacted; for tool calls only `hash` and, where policy allows, `shown`. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly result: AuditResult;
  readonly errorCode?: string;
  /** Whole milliseconds. */
  readonly durationMs?: number;
}

/** What an action's receipt says beside the seed's fields (our extension of the entry; design §Receipt). */
export interface ReceiptBody {
  readonly v: 1;
  readonly agent: { readonly id: string; readonly roles: readonly string[]; readonly session?: string };
  readonly node: { readonly id: string };
  /** `pin`: hash of the tool's definition as it was reviewed. */
  readonly tool: { readonly server: string; readonly name: string; readonly pin: string };
  /** `hash` of the canonical arguments; `shown` is the redacted view, only where policy allows. */
  readonly args: { readonly hash: ContentHash; readonly shown?: Json };
  readonly policy: {
    readonly version: string;
    readonly decision: string;
    readonly rules: readonly string[];
    readonly budget?: Json;
  };
  readonly approval?: {
    readonly by: readonly string[];
    /** The approval hash that was signed. */
    readonly over: ContentHash;
    readonly signatures: readonly string[];
    /** ISO 8601. */
    readonly expires: string;
  };
  readonly labels: { readonly in: readonly string[]; readonly out: readonly string[] };
  /** Hash of the sandbox profile, or `none`. */
  readonly sandbox?: { readonly profile: string };
  readonly effect: {
    /** `pending` stands in an intent only. */
    readonly status: 'ok' | 'error' | 'denied' | 'unknown' | 'pending';
    readonly resultHash?: ContentHash;
    /** Hash of the result before screening changed it. */
    readonly originalHash?: ContentHash;
    readonly findings?: readonly string[];
    readonly tx?: string;
    readonly cid?: string;
  };
  /** Id of the entry whose intent this outcome closes. */
  readonly intent?: string;
}

/** One entry of the log: the seed's AuditLogEntry (XR-AUD-1) and the optional member `receipt`. */
export interface AuditEntry {
  /** UUID version 4. */
  readonly id: string;
  /** From 1, without gaps. The Merkle leaf index is one less. */
  readonly sequence: number;
  /** ISO 8601 in UTC with milliseconds, as the clock read; only `sequence` orders. */
  readonly timestamp: string;
  readonly eventType: AuditEventType;
  readonly toolName: string;
  readonly correlationId: string;
  readonly actor: AuditActor;
  readonly operation: AuditOperation;
  readonly receipt?: ReceiptBody;
  /** 64 hex digits: `hash` of the entry before, or SHA-256("GENESIS"). */
  readonly previousHash: string;
  /** 64 hex digits: HMAC-SHA-256 over the canonical entry without this member. */
  readonly hash: string;
}
