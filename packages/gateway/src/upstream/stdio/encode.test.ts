import type { JsonObject } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRequest } from './encode.ts';

describe('a request on the wire', () => {
  it('is one line that says the same under our id and token', () => {
    const params = fc
      .dictionary(fc.string(), fc.jsonValue().map(asParsed))
      .filter((one) => !Object.hasOwn(one, '__proto__'));
    fc.assert(
      fc.property(
        params,
        fc.option(fc.oneof(fc.string(), fc.integer())),
        fc.boolean(),
        fc.constantFrom(undefined, 2),
        (given, token, hasBytes, indent) => {
          const { _meta: _, ...own } = given as JsonObject;
          const message = {
            jsonrpc: '2.0',
            id: 'theirs',
            method: 'tools/call',
            params: token === null ? own : { ...own, _meta: { progressToken: token, other: 1 } },
          } as const;
          const original = hasBytes ? Buffer.from(JSON.stringify(message, null, indent)) : undefined;
          const line = encodeRequest(message, original, 42).toString();
          expect(line.indexOf('\n')).toBe(line.length - 1);
          expect(line).not.toContain('\r');
          const expected = token === null ? own : { ...own, _meta: { progressToken: 42, other: 1 } };
          expect(JSON.parse(line)).toEqual({ jsonrpc: '2.0', id: 42, method: 'tools/call', params: expected });
        },
      ),
    );
  });

  it('keeps the bytes of the client where only the id changes', () => {
    const text = '{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"n":1.0,"e":1e2}}';
    const line = encodeRequest(JSON.parse(text), Buffer.from(text), 7).toString();
    expect(line).toBe('{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"n":1.0,"e":1e2}}\n');
  });
});

/** As JSON says it: without the negative zero that a text cannot keep. */
function asParsed(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
