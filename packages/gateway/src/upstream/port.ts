import type { JsonObject } from '@wardmesh/core';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../protocol/message.ts';
import type { Era, Revision } from '../protocol/revision.ts';

/** Who is on the client's side, as declared by `initialize` or by a stateless request's `_meta`. */
export interface ClientFacts {
  readonly era: Era;
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info?: JsonObject;
}

/** What an upstream said of itself, from `initialize` or `server/discover`. */
export interface ServerFacts {
  readonly era: Era;
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info: JsonObject;
  readonly instructions?: string;
}

/** Joins one client (a session; or, in the stateless era, a principal with one set of capabilities) to one upstream. */
export interface Attachment {
  readonly principal: string;
  /** Unique for the client's session. */
  readonly session: string;
  readonly client: ClientFacts;
  /** A notification that belongs to no request in flight (list_changed, resources/updated, log). Client's era form. */
  notify(message: JsonRpcNotification): void;
  /** A server-to-client request that cannot be tied to a request in flight. */
  ask(message: JsonRpcRequest): Promise<JsonRpcResponse>;
  /** The upstream is gone (crash, kill, breaker); requests in flight have failed already. */
  lost(reason: string): void;
}

/** One request on its way up. All messages are in the client's era form; the channel translates where the ends differ. */
export interface UpstreamCall {
  readonly message: JsonRpcRequest;
  /** The bytes of `message`, where nothing in it was changed since the client sent them: forwarded as they are. */
  readonly original?: Uint8Array;
  /** HTTP headers of the stateless era to pass on (`mcp-param-*`), lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly client: ClientFacts;
  /** Aborted by client cancellation or disconnect and by the gateway's time limit; the reason is a CodedError. */
  readonly signal: AbortSignal;
  /** Progress, log and other notifications while the request is in flight. */
  notify(message: JsonRpcNotification): void;
  /** Sampling, elicitation or roots, asked while the request is in flight. */
  ask(message: JsonRpcRequest): Promise<JsonRpcResponse>;
  /** The server began to answer with an event stream: a client that can take one gets one too. */
  streaming?(): void;
  /** The server closed that stream before its answer, to be asked again (2025-11-25 §Streamable HTTP, polling). */
  interrupted?(): void;
}

export interface UpstreamReply {
  /** `id` equals the call's. Result or error as the upstream gave it, in the client's era form. */
  readonly message: JsonRpcResponse;
  /** Bytes of `message` where the upstream's own bytes already carry the right id and form. */
  readonly original?: Uint8Array;
  /** Receives an SSE answer's bytes only after inspection; a reply is always one whole message here. */
  readonly bytes: number;
}

/** Errors an upstream ends a request with; each is a CodedError with one of these codes. */
export type UpstreamErrorCode =
  | 'UPSTREAM_UNAVAILABLE' // could not start or connect; retryable
  | 'UPSTREAM_CRASHED' // went away with the request in flight
  | 'UPSTREAM_BREAKER_OPEN' // crashed too often; retryAfter says when it is tried again
  | 'UPSTREAM_TIMEOUT' // handshake or request time limit; the work was killed
  | 'UPSTREAM_MEMORY' // memory limit; the work was killed
  | 'UPSTREAM_PROTOCOL' // broke the protocol: garbage, wrong id, wrong content type
  | 'UPSTREAM_TOO_LARGE' // an answer above MAX_RESPONSE_BYTES
  | 'UPSTREAM_INSECURE' // plaintext, or a certificate that does not verify
  | 'UPSTREAM_SIGN_IN_NEEDED' // the operator has to sign in to it: ward servers login
  | 'UPSTREAM_SIGN_IN_REFUSED' // its authorisation server is not as it must be, or refused the operator
  | 'UPSTREAM_CANCELLED';

export interface Channel {
  readonly facts: ServerFacts;
  /** @throws CodedError<UpstreamErrorCode>; JSON-RPC errors of the upstream are replies, not throws. */
  request(call: UpstreamCall): Promise<UpstreamReply>;
  /** A client's notification (roots/list_changed, initialized is sent by the channel itself). */
  notify(message: JsonRpcNotification): Promise<void>;
  close(): Promise<void>;
}

export interface UpstreamStatus {
  readonly state: 'idle' | 'ready' | 'starting' | 'backing-off' | 'broken' | 'closed';
  readonly processes: number;
  readonly restarts: number;
  readonly lastError?: string;
  readonly sandbox: string;
}

export interface Upstream {
  readonly id: string;
  /** `sha256:…` of the sandbox profile, `none` where the operator wrote so, `remote` for HTTP servers. */
  readonly profile: string;
  /** Starts or connects where needed (single flight), and shakes hands. */
  attach(attachment: Attachment): Promise<Channel>;
  status(): UpstreamStatus;
  /** Ends all children and connections; resolves when they are really gone. */
  close(): Promise<void>;
}
