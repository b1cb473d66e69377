import { describe, expect, it } from 'vitest';
import { HttpReader, headerOf, messageOf } from './http-reader.ts';

const stream = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\n\r\n{"ü"}' +
    'HTTP/1.1 202 Accepted\r\nX: y\r\n\r\n' +
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n' +
    'b\r\nid: 1\ndata:\r\n0b\r\n {"a":1}\n\nX\r\n0\r\n\r\n',
);

describe('HttpReader', () => {
  it.each([1, 5, 17, stream.length])('takes answers apart in pieces of %i bytes', (size) => {
    const reader = new HttpReader();
    const answers = [];
    for (let at = 0; at < stream.length; at += size) answers.push(...reader.push(stream.subarray(at, at + size)));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, '{"ü"}'],
      [202, ''],
      [200, 'id: 1\ndata: {"a":1}\n\nX'],
    ]);
    expect(answers.map(messageOf)).toEqual(['{"ü"}', '', '{"a":1}']);
    expect(headerOf(answers[1]?.head ?? '', 'x')).toBe('y');
  });
});
