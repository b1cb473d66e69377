/** What an upstream tells the operator's log. Texts are redacted and bounded. */
export type UpstreamEvent =
  | { readonly type: 'started'; readonly upstream: string; readonly pid?: number }
  | { readonly type: 'ready'; readonly upstream: string; readonly era: string; readonly revision: string }
  | { readonly type: 'exited'; readonly upstream: string; readonly reason: string; readonly stderr: readonly string[] }
  | { readonly type: 'reaped'; readonly upstream: string }
  | { readonly type: 'breaker-open'; readonly upstream: string; readonly retryAfter: number }
  | { readonly type: 'violation'; readonly upstream: string; readonly what: string; readonly count: number }
  | { readonly type: 'dropped'; readonly upstream: string; readonly what: string; readonly count: number }
  /** An exchange is tried again, because the server forgot the session or a stream was torn. */
  | { readonly type: 'retried'; readonly upstream: string; readonly reason: 'session' | 'stream' }
  | { readonly type: 'stderr'; readonly upstream: string; readonly line: string };

export type OnUpstreamEvent = (event: UpstreamEvent) => void;
