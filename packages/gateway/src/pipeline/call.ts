import { hash } from 'node:crypto';
import { canonicalize, isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { ArgumentChecks, ParamHeader, ParsedMessage } from '@wardmesh/guard';
import type { Attached } from '../catalogue/attached.ts';
import type { Denial } from '../protocol/errors.ts';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, RequestId } from '../protocol/message.ts';
import type { Era, Revision } from '../protocol/revision.ts';
import type { ServerFacts } from '../upstream/port.ts';

/** The layers, in the order in which every call passes them. The names are pinned: receipts and metrics carry them. */
export const LAYERS = [
  'transport',
  'envelope',
  'authenticate',
  'limit',
  'resolve',
  'validate',
  'authorise',
  'approve',
  'intend',
  'execute',
  'screen',
  'conclude',
] as const;
export type LayerName = (typeof LAYERS)[number];

/** One HTTP request as the layers see it; headers are lower case, the last of a repeated one is refused earlier. */
export interface Inbound {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Absent where it was larger than the bound or did not arrive in time. */
  readonly body?: Uint8Array;
  readonly bodyFault?: 'REQUEST_TOO_LARGE' | 'REQUEST_TIMEOUT';
  /** For lockout only; never logged (XR-AUD-4). */
  readonly remoteAddress: string;
  /** `TLSv1.3`, `TLSv1.2`; absent on a plaintext connection. */
  readonly tls?: string;
}

export type Route = { readonly kind: 'server'; readonly server: string } | { readonly kind: 'aggregate' };

export interface Principal {
  /** Agent id, or CAIP-10 of the person a client acts for. */
  readonly id: string;
  readonly roles: readonly string[];
  /** OAuth client that acts for the person. */
  readonly client?: string;
  /** Consent it acts by: what is open on its behalf ends with it. */
  readonly grant?: string;
  /** OAuth only: when its token ends, ms since the epoch. */
  readonly expires?: number;
  /** What the person let it do; absent for agents, whom only roles and policy bind. */
  readonly scopes?: readonly string[];
}

/** What the call acts on, from the catalogue. */
export type Target =
  | { readonly kind: 'tool'; readonly server: string; readonly name: string; readonly tool: CatalogueTool }
  | { readonly kind: 'resource'; readonly server: string; readonly uri: string }
  | { readonly kind: 'prompt'; readonly server: string; readonly name: string }
  /** Lists, completion, subscriptions, levels: touches the named servers, or all the principal can see. */
  | { readonly kind: 'server'; readonly server: string }
  | { readonly kind: 'gateway' };

/** A tool as pinned and configured. */
export interface CatalogueTool {
  readonly server: string;
  readonly name: string;
  readonly pin: string;
  readonly definition: JsonObject;
  readonly toolClass: 'read_only' | 'sensitive' | 'destructive';
  readonly tier: 'standard' | 'strict' | 'critical';
  readonly outward: boolean;
  /** Whether its server may ask the signer. */
  readonly signer: boolean;
  readonly labels: readonly string[];
  /** The operator's checks of arguments, compiled. */
  readonly runChecks: ArgumentChecks;
  readonly timeoutMs: number;
  /** Arguments that stateless clients repeat as headers. */
  readonly paramHeaders: readonly ParamHeader[];
}

/** The client's side of a call in flight. */
export interface ReplyPort {
  notify(message: JsonRpcNotification): void;
  ask(message: JsonRpcRequest): Promise<JsonRpcResponse>;
  /** See `UpstreamCall`: the server streams its answer, or closed that stream to be asked again. */
  streaming?(): void;
  interrupted?(): void;
  /** Aborted by cancellation, by a disconnect where the era says that cancels, and by shutdown. */
  readonly signal: AbortSignal;
}

/** The client's session: real in the session era, one per principal, route and capabilities in the stateless era. */
export interface ClientSession {
  readonly id: string;
  readonly principal: Principal;
  readonly route: Route;
  readonly era: Era;
  readonly revision: Revision;
  readonly capabilities: JsonObject;
  readonly info?: JsonObject;
  /** The channel to a server; attached on first use. @throws CodedError */
  channel(server: string): Attached | Promise<Attached>;
  /** What a server said of itself, where this session is attached to it; attaches nothing. */
  factsOf(server: string): ServerFacts | undefined;
}

export interface Decision {
  readonly effect: 'allow' | 'confirm' | 'deny';
  readonly rules: readonly string[];
  readonly version: string;
  readonly quorum?: number;
}

/** An approval that was claimed for this call. */
export interface ClaimedApproval {
  readonly id: string;
  readonly by: readonly string[];
  readonly over: `sha256:${string}`;
  readonly signatures: readonly string[];
  readonly expires: string;
}

/**
 * One request on its way. Each layer fills in what its comment names and reads what earlier ones filled in; reading a
 * member before its layer has run is a programming error that `execute` makes visible by refusing (see `passed`).
 */
export class Call {
  readonly passed: LayerName[] = [];
  /** Microseconds per layer, where tracing is on. */
  readonly spent: Partial<Record<LayerName, number>> = {};
  readonly correlationId: string;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  readonly inbound: Inbound;
  readonly route: Route;

  // envelope
  body: Json = null;
  /** Readable even where the message is refused, so that the refusal names it. */
  requestId: RequestId | undefined;
  parsed!: ParsedMessage;
  request!: JsonRpcRequest;
  /** The body, as long as `request` is what it says. */
  original: Uint8Array | undefined;
  era!: Era;
  revision!: Revision;

  // authenticate
  principal!: Principal;
  session!: ClientSession;
  reply!: ReplyPort;

  // limit
  rateHeaders: Readonly<Record<string, string>> = {};
  release: () => void = () => {};

  // resolve
  target!: Target;
  attached: Attached | undefined;

  // validate
  arguments: JsonObject = {};

  // authorise
  decision!: Decision;

  // approve
  approval: ClaimedApproval | undefined;

  // intend
  intent: string | undefined;

  // execute
  response: JsonRpcResponse | undefined;

  // screen
  labelsIn: readonly string[] = [];
  labelsOut: readonly string[] = [];
  findings: readonly string[] = [];
  resultHash: string | undefined;
  originalHash: string | undefined;
  /** The transaction that a server of the signer says the call made; `xrpl:<network id>:<hash>`. */
  transaction: string | undefined;

  // conclude
  receipt: string | undefined;

  /** Hash of the canonical arguments, `sha256:…`; of `{}` where the method has none. Independent of the layers. */
  get argumentsHash(): `sha256:${string}` {
    if (this.#argumentsHash === undefined) {
      const args = isJsonObject(this.body) && isJsonObject(this.body.params) ? this.body.params.arguments : undefined;
      this.#argumentsHash = `sha256:${hash('sha256', canonicalize(isJsonObject(args) ? args : {}))}`;
    }
    return this.#argumentsHash;
  }
  #argumentsHash: `sha256:${string}` | undefined;

  constructor(correlationId: string, startedAt: number, inbound: Inbound, route: Route) {
    this.correlationId = correlationId;
    this.startedAt = startedAt;
    this.inbound = inbound;
    this.route = route;
  }
}

/** A layer says nothing to let the call go on. Whatever it throws becomes a denial. */
export type LayerOutcome = Denial | undefined;
export interface Layer {
  readonly name: LayerName;
  run(call: Call): LayerOutcome | Promise<LayerOutcome>;
}
