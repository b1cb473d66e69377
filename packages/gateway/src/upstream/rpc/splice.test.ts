import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locateId, spliceId } from './splice.ts';

const ids = fc.oneof(fc.integer(), fc.string());

describe('splicing an id', () => {
  it('changes nothing but the top-level id, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        ids,
        ids,
        fc.nat(),
        fc.constantFrom(undefined, 1, '\t'),
        (members, id, next, at, indent) => {
          const entries = Object.entries(members).filter(([name]) => name !== 'id' && name !== '__proto__');
          entries.splice(at % (entries.length + 1), 0, ['id', id]);
          // Built by hand: an object would put integer-like names first.
          const body = entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value, null, indent)}`);
          const text = `{${indent === undefined ? '' : ' '}${body.join(',')}}`;
          const spliced = spliceId(Buffer.from(text), next);
          const expected = { ...JSON.parse(text), id: next };
          // Not finding it is allowed (escaped names); finding the wrong one is not.
          if (spliced !== undefined) expect(JSON.parse(spliced.toString())).toEqual(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['at the head', '{"jsonrpc":"2.0","id":12,"result":{}}'],
    ['alone at the head', '{"jsonrpc":"2.0","id":12}'],
    ['at the tail', '{"result":{"id":7},"jsonrpc":"2.0","id":12}'],
    ['in the middle', '{"result":{"id":7,"x":"\\"id\\":9"},"id":12,"jsonrpc":"2.0"}'],
    ['between blanks', '{ "result" : {} , "id" : 12 , "jsonrpc" : "2.0" }'],
    ['as a string', '{"id":"a\\"b","result":{}}'],
  ])('finds it %s', (_where, text) => {
    const spliced = spliceId(Buffer.from(text), 'new');
    expect(JSON.parse(spliced!.toString())).toEqual({ ...JSON.parse(text), id: 'new' });
  });

  it.each([
    ['a nested one at the tail', '{"jsonrpc":"2.0","result":{"a":1,"id":12}}'],
    ['one within a string', '{"x":",\\"id\\":12"}'],
    ['an escaped name', '{"\\u0069d":12,"x":{}}'],
  ])('does not take %s for it', (_what, text) => {
    expect(locateId(Buffer.from(text))).toBeUndefined();
  });
});
