import type { IncomingMessage } from 'node:http';
import { MAX_EVENT_BYTES } from '../limits.ts';
import { readLines } from '../read-lines.ts';

/** One event of an event stream (WHATWG HTML §9.2), as far as MCP uses it. */
export interface ServerEvent {
  readonly data: string;
  readonly id?: string;
  /** Milliseconds to wait before a reconnection. */
  readonly retry?: number;
}

/** Events of a stream; events without data only tell the id to go on from. @throws RangeError for an overlong one */
export async function* readEvents(stream: IncomingMessage): AsyncGenerator<ServerEvent> {
  let data: string[] = [];
  let size = 0;
  let id: string | undefined;
  let retry: number | undefined;
  for await (const line of readLines(stream, MAX_EVENT_BYTES)) {
    if (line === '') {
      if (data.length > 0 || id !== undefined || retry !== undefined) {
        yield { data: data.join('\n'), ...(id !== undefined && { id }), ...(retry !== undefined && { retry }) };
      }
      data = [];
      size = 0;
      id = undefined;
      retry = undefined;
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') {
      size += value.length;
      if (size > MAX_EVENT_BYTES) throw new RangeError('the event is too long');
      data.push(value);
    } else if (field === 'id' && !value.includes('\u0000')) id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) retry = Number(value);
  }
}
