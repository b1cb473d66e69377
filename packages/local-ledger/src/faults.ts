/** An answer on its way out: the request's parameters and the whole response. */
export interface Exchange {
  readonly command: string;
  readonly params: Readonly<Record<string, unknown>>;
}

type Response = Record<string, unknown>;

/** Bad days on command. Every member may be changed at any time; the next answer obeys. */
export interface Faults {
  /** Wait this long before each answer, ms. */
  delayMs: number;
  /** Commands that are never answered. `*` is all. */
  silent: ReadonlySet<string>;
  /** Commands that are answered with what is not JSON. `*` is all. */
  malformed: ReadonlySet<string>;
  /** Commands that drop the connection instead of an answer. `*` is all. */
  dropOn: ReadonlySet<string>;
  /** Commands that are not executed; only a lie answers them. */
  swallow: ReadonlySet<string>;
  /** Refuse new connections. */
  refuse: boolean;
  /** Rewrites a response: how a liar is made. Undefined sends the truth. */
  lie: ((exchange: Exchange, response: Response) => Response | undefined) | undefined;
}

export function noFaults(): Faults {
  return {
    delayMs: 0,
    silent: new Set(),
    malformed: new Set(),
    dropOn: new Set(),
    swallow: new Set(),
    refuse: false,
    lie: undefined,
  };
}

export function hits(commands: ReadonlySet<string>, command: string): boolean {
  return commands.has(command) || commands.has('*');
}
