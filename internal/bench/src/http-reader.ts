/** One HTTP/1.1 answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Latin-1, names as sent. */
  readonly head: string;
  readonly body: string;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Takes a byte stream of HTTP/1.1 answers apart (RFC 9112): `Content-Length` and chunked bodies, and none for 202 and 204.
 * As little as the load generator needs, so that it costs the machine as little as possible.
 */
export class HttpReader {
  #buffer: Buffer = Buffer.alloc(0);

  /** Answers these bytes complete. */
  push(chunk: Buffer): HttpAnswer[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const answers: HttpAnswer[] = [];
    for (let next = this.#take(); next; next = this.#take()) answers.push(next);
    return answers;
  }

  #take(): HttpAnswer | undefined {
    const end = this.#buffer.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const head = this.#buffer.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const from = end + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) return this.#body(head, status, from, from + Number(length));
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) return this.#chunked(head, status, from);
    return this.#body(head, status, from, from);
  }

  #body(head: string, status: number, from: number, to: number): HttpAnswer | undefined {
    if (this.#buffer.length < to) return undefined;
    const body = this.#buffer.toString('utf8', from, to);
    this.#buffer = this.#buffer.subarray(to);
    return { status, head, body };
  }

  #chunked(head: string, status: number, start: number): HttpAnswer | undefined {
    const pieces: Buffer[] = [];
    let at = start;
    for (;;) {
      const line = this.#buffer.indexOf('\r\n', at);
      if (line < 0) return undefined;
      const size = Number.parseInt(this.#buffer.toString('latin1', at, line), 16);
      const next = line + 2 + size + 2;
      if (this.#buffer.length < next) return undefined;
      if (size === 0) {
        this.#buffer = this.#buffer.subarray(next);
        return { status, head, body: Buffer.concat(pieces).toString('utf8') };
      }
      pieces.push(this.#buffer.subarray(line + 2, line + 2 + size));
      at = next;
    }
  }
}

/** Value of a header, case-insensitively. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`\\r\\n${name}: *([^\\r]*)`, 'i').exec(head)?.[1];
}

/** The JSON of a body: itself, or the last event's data where it is an event stream. */
export function messageOf({ head, body }: HttpAnswer): string {
  if (!/\r\ncontent-type: *text\/event-stream/i.test(head)) return body;
  const at = body.lastIndexOf('\ndata: ');
  const from = at >= 0 ? at + 7 : body.startsWith('data: ') ? 6 : body.length;
  const end = body.indexOf('\n', from);
  return body.slice(from, end < 0 ? undefined : end);
}
