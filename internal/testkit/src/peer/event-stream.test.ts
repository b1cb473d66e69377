import { expect, it } from 'vitest';
import { EventStream } from './event-stream.ts';

const bytes = Buffer.from('id: 1\ndata: {"a":"ü"}\n\n: comment\r\n\r\ndata:one\r\ndata: two\r\n\r\ndata:\n\n');

it.each([1, 2, 3, 7, bytes.length])('takes events apart in pieces of %i bytes', (size) => {
  const stream = new EventStream();
  const events: string[] = [];
  for (let from = 0; from < bytes.length; from += size) events.push(...stream.push(bytes.subarray(from, from + size)));
  expect(events).toEqual(['{"a":"ü"}', 'one\ntwo']);
});
