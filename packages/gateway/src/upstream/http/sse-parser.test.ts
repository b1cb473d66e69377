import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseParser } from './sse-parser.ts';

interface Seen {
  readonly events: { event: string; data: string; lastEventId: string }[];
  readonly retries: number[];
  tooLarge: number;
}

function parse(chunks: readonly Buffer[], maxBytes = 10_000): Seen {
  const seen: Seen = { events: [], retries: [], tooLarge: 0 };
  const parser = new SseParser(maxBytes, {
    event: ({ event, data, lastEventId }) => seen.events.push({ event, data: data.toString(), lastEventId }),
    retry: (milliseconds) => seen.retries.push(milliseconds),
    tooLarge: () => seen.tooLarge++,
  });
  for (const chunk of chunks) parser.push(chunk);
  return seen;
}

const STREAM = [
  '\ufeff: comment\r\n',
  'id: 1\nevent: message\ndata: {"a":1}\n\n',
  'data: first\r\ndata:second\r\ndata:  third\r\n\r\n',
  'retry: 250\rdata: mac\r\r',
  'data\n\n',
  'event: other\ndata: x\n\n',
  'event: forgotten\n\n',
  'id\ndata: no id\n\n',
  'id: bad\0id\ndata: grüße 😀\n\n',
  'retry: soon\nunknown: field\ndata: last\n\n',
  'data: never dispatched',
].join('');

// WHATWG HTML §9.2.6.
const EXPECTED = [
  { event: 'message', data: '{"a":1}', lastEventId: '1' },
  { event: 'message', data: 'first\nsecond\n third', lastEventId: '1' },
  { event: 'message', data: 'mac', lastEventId: '1' },
  { event: 'message', data: '', lastEventId: '1' },
  { event: 'other', data: 'x', lastEventId: '1' },
  { event: 'message', data: 'no id', lastEventId: '' },
  { event: 'message', data: 'grüße 😀', lastEventId: '' },
  { event: 'message', data: 'last', lastEventId: '' },
];

describe('server-sent events', () => {
  it('are read as the standard says', () => {
    expect(parse([Buffer.from(STREAM)])).toEqual({ events: EXPECTED, retries: [250], tooLarge: 0 });
  });

  it('are read byte by byte, and however else they are cut', () => {
    const bytes = Buffer.from(STREAM);
    expect(parse([...bytes].map((byte) => Buffer.of(byte))).events).toEqual(EXPECTED);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: bytes.length })), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(parse(chunks).events).toEqual(EXPECTED);
      }),
    );
  });

  it.each([
    ['one endless line', ['data: ', 'x'.repeat(60), 'x'.repeat(60)]],
    ['endless lines of one event', Array(20).fill('data: 12345678\n')],
    ['an endless comment', [`:${'x'.repeat(200)}`]],
  ])('are stopped at %s', (_what, chunks) => {
    const seen = parse(
      [...chunks, 'data: y\n\n'].map((text) => Buffer.from(text)),
      100,
    );
    expect(seen).toEqual({ events: [], retries: [], tooLarge: 1 });
  });
});
