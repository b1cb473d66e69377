/** What a naive client got for one request. */
export type Answer =
  | { readonly kind: 'result'; readonly result: Readonly<Record<string, unknown>> }
  /** `code` is the gateway's word (`data.code`) where there is one, else the JSON-RPC number. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string }
  /** Nothing came in time. */
  | { readonly kind: 'silence' }
  /** The connection or process ended instead. */
  | { readonly kind: 'gone'; readonly why: string };

/** A JSON-RPC message as it came, nothing checked. */
export interface Incoming {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code?: number; readonly message?: string; readonly data?: { readonly code?: string } };
}

/**
 * A client that believes everything: it checks no schema, no bound and no pin, takes the first answer with the right id,
 * and keeps all that arrives. Spoken to a hostile server directly it is the control; spoken to a gateway it is the victim.
 * Declares every client capability of the session era.
 */
export interface Peer {
  /** What `initialize` gave. */
  readonly opened: Answer;
  ask(method: string, params?: Readonly<Record<string, unknown>>, waitMs?: number): Promise<Answer>;
  /** Messages that answered nothing that was asked: notifications, requests, second answers, strange ids. */
  readonly seen: readonly Incoming[];
  /** Lines that were no JSON. */
  readonly noise: readonly string[];
  /** Headers of all HTTP answers, lower case, values joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes received so far: protocol and diagnostics. */
  readonly bytes: { protocol: number; diagnostics: number };
  close(): Promise<void>;
}

/** What the naive client says of itself. */
export const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } },
  clientInfo: { name: 'naive-client', version: '1.0.0' },
};

/** A client waits this long for an answer unless told otherwise, ms. */
export const WAIT_MS = 10_000;

export function toAnswer(message: Incoming): Answer {
  if (message.error) {
    const { code, data, message: text } = message.error;
    return { kind: 'error', code: data?.code ?? String(code), message: text ?? '' };
  }
  return { kind: 'result', result: message.result ?? {} };
}

/** All text of an answer, for searching. */
export function textOf(answer: Answer): string {
  if (answer.kind === 'result') return JSON.stringify(answer.result);
  if (answer.kind === 'error') return answer.message;
  return '';
}

/** One word for an answer: the gateway's or the error's code, `result`, `silence` or `gone`. */
export function wordOf(answer: Answer): string {
  if (answer.kind === 'error') return answer.code;
  if (answer.kind !== 'result') return answer.kind;
  // The gateway refuses a call's arguments the way tools do: a result with `isError`, its code in `_meta`.
  const meta = answer.result._meta as { 'wardmesh/error'?: { code?: string } } | undefined;
  return meta?.['wardmesh/error']?.code ?? 'result';
}
