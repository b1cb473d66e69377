import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from './read-lines.ts';

async function linesOf(chunks: readonly Uint8Array[], max = 1_000_000): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(Readable.from(chunks), max)) lines.push(line);
  return lines;
}

describe('readLines', () => {
  it('gives the same lines however the bytes are cut, also inside a character', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, '')),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(64), { maxLength: 20 }), async (lines, cuts) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        chunks.push(bytes.subarray(at));
        expect(await linesOf(chunks.filter((chunk) => chunk.length > 0))).toEqual(lines);
      }),
    );
  });

  it('takes a last line without end, and CR LF', async () => {
    expect(await linesOf([Buffer.from('a\r\nb')])).toEqual(['a', 'b']);
  });

  it('refuses a line that is longer than allowed, before it holds it', async () => {
    await expect(linesOf([Buffer.alloc(50, 97), Buffer.alloc(51, 97)], 100)).rejects.toThrow(RangeError);
  });
});
