import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEvents, type ServerEvent } from './sse.ts';

async function eventsOf(chunks: readonly Uint8Array[]): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEvents(Readable.from(chunks) as IncomingMessage)) events.push(event);
  return events;
}

const of = (text: string) => eventsOf([Buffer.from(text)]);

describe('readEvents', () => {
  it.each([
    ['data and id', 'id: 1\ndata: a\n\n', [{ data: 'a', id: '1' }]],
    ['data of several lines', 'data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
    ['one space after the colon only', 'data:  a\n\ndata:b\n\n', [{ data: ' a' }, { data: 'b' }]],
    ['CR LF', 'data: a\r\n\r\n', [{ data: 'a' }]],
    ['comments and unknown fields', ': hi\nevent: message\nx: y\ndata: a\n\n', [{ data: 'a' }]],
    ['an id without data, to go on from', 'id: 7\ndata:\n\n', [{ data: '', id: '7' }]],
    ['retry', 'retry: 100\ndata: a\n\n', [{ data: 'a', retry: 100 }]],
    ['no event that was not ended', 'data: a\n\ndata: cut', [{ data: 'a' }]],
    ['no id with a NUL, no retry that is no number', 'id: a\u0000\nretry: x\ndata: a\n\n', [{ data: 'a' }]],
  ])('reads %s', async (_name, text, events) => expect(await of(text)).toEqual(events));

  it('reads the same however the bytes are cut', async () => {
    const message = fc.json().map((json) => ({ data: json }));
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), async (events, width) => {
        const bytes = Buffer.from(events.map((event) => `data: ${event.data}\n\n`).join(''));
        const chunks: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += width) chunks.push(bytes.subarray(at, at + width));
        expect(await eventsOf(chunks)).toEqual(events);
      }),
    );
  });
});
