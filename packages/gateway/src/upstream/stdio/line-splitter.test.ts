import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

function split(chunks: readonly Buffer[], maxBytes = 1_000): { lines: string[]; tooLong: string[] } {
  const lines: string[] = [];
  const tooLong: string[] = [];
  const splitter = new LineSplitter(maxBytes, {
    line: (bytes) => lines.push(bytes.toString()),
    tooLong: (head) => tooLong.push(head.toString()),
  });
  for (const chunk of chunks) splitter.push(chunk);
  return { lines, tooLong };
}

describe('splitting lines', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.nat(20)), (texts, cuts) => {
        const whole = Buffer.from(texts.map((text) => `${text.replaceAll('\n', ' ')}\n`).join(''));
        const chunks: Buffer[] = [];
        let rest = whole;
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        chunks.push(rest);
        expect(split(chunks).lines).toEqual(split([whole]).lines);
        expect(split([whole]).lines).toEqual(
          texts.map((text) => text.replaceAll('\n', ' ')).filter((text) => text !== ''),
        );
      }),
    );
  });

  it('stops at a line above the bound, and hears nothing more', () => {
    expect(split([Buffer.from('ok\n12345'), Buffer.from('67890x\nnext\n')], 10)).toEqual({
      lines: ['ok'],
      tooLong: ['12345'],
    });
    expect(split([Buffer.from('1234567890\n')], 10)).toEqual({ lines: ['1234567890'], tooLong: [] });
  });
});
