import { utf8 } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage, type Message } from './message.ts';

const attachments = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 4 });
// Integers beyond 2^53 are refused; see below.
const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !/__proto__|\d{16}/.test(JSON.stringify(value)));
const params = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  json,
);
const id = fc.nat();
const text = fc.string({ maxLength: 30 });

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({ kind: fc.constant('request' as const), id, method: text, params, attachments }),
  fc.record({ kind: fc.constant('notification' as const), method: text, params }),
  fc.record({ kind: fc.constant('result' as const), id, result: json, attachments }),
  fc.record({
    kind: fc.constant('error' as const),
    id,
    error: fc.record(
      { code: text, message: text, hint: text, retryAfter: fc.nat(), correlationId: text },
      { requiredKeys: ['code', 'message'] },
    ),
  }),
) as fc.Arbitrary<Message>;

function frameOf(given: Message) {
  const parts = 'attachments' in given ? given.attachments : [];
  return { json: encodeMessage(given), attachments: new Uint8Array(parts.flatMap((part) => [...part])) };
}

const decodeText = (text: string, bytes = new Uint8Array(0)) => decodeMessage({ json: utf8(text), attachments: bytes });

describe('messages', () => {
  test('come out as they went in', () => {
    fc.assert(
      fc.property(message, (given) => {
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
        expect(plain(decodeMessage(frameOf(given)))).toEqual(plain(given));
      }),
    );
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"hello","params":{}}'],
    ['a duplicate member', '{"jsonrpc":"2.0","id":1,"id":2,"method":"hello","params":{}}'],
    ['an unknown member', '{"jsonrpc":"2.0","id":1,"method":"hello","params":{},"x":1}'],
    ['an id that is no number', '{"jsonrpc":"2.0","id":"1","method":"hello","params":{}}'],
    ['an id below zero', '{"jsonrpc":"2.0","id":-1,"method":"hello","params":{}}'],
    ['an id that no double holds', '{"jsonrpc":"2.0","id":9007199254740993,"method":"hello","params":{}}'],
    ['params as a list', '{"jsonrpc":"2.0","id":1,"method":"hello","params":[]}'],
    ['a long method', `{"jsonrpc":"2.0","id":1,"method":"${'m'.repeat(65)}","params":{}}`],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"hello","params":{}}]'],
    [
      'a result and an error',
      '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"","data":{"code":"X"}}}',
    ],
    ['an error without a code', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"","data":{}}}'],
    ['deep nesting', `{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":${'['.repeat(100)}${']'.repeat(100)}}}`],
    ['__proto__', '{"jsonrpc":"2.0","id":1,"method":"m","params":{"__proto__":{}}}'],
    ['attachments that are not there', '{"jsonrpc":"2.0","id":1,"method":"m","params":{},"attachments":[1]}'],
    ['a length below zero', '{"jsonrpc":"2.0","id":1,"method":"m","params":{},"attachments":[1,-1]}'],
    [
      'too many attachments',
      `{"jsonrpc":"2.0","id":1,"method":"m","params":{},"attachments":[${Array(9).fill(0).join()}]}`,
    ],
  ])('refuse %s', (_name, text) => {
    expect(() => decodeText(text)).toThrow(expect.objectContaining({ code: 'SIGNER_PROTOCOL' }));
  });

  test('refuse bytes that no length names, and text that is not UTF-8', () => {
    const request = '{"jsonrpc":"2.0","id":1,"method":"m","params":{}}';
    expect(() => decodeText(request, new Uint8Array(1))).toThrow();
    expect(() => decodeMessage({ json: Uint8Array.of(0x22, 0xff, 0x22), attachments: new Uint8Array(0) })).toThrow();
  });

  test('never throw anything but SIGNER_PROTOCOL, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json().map(utf8)), fc.uint8Array({ maxLength: 8 }), (bytes, extra) => {
        try {
          decodeMessage({ json: bytes, attachments: extra });
        } catch (error) {
          expect(error).toMatchObject({ code: 'SIGNER_PROTOCOL' });
        }
      }),
    );
  });
});
