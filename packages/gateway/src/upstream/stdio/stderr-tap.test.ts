import { PassThrough } from 'node:stream';
import { systemClock } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { MAX_STDERR_LINE, MAX_STDERR_LINES_PER_SECOND, STDERR_RING } from '../limits.ts';
import { StderrTap } from './stderr-tap.ts';

async function tap(...chunks: string[]): Promise<{ lines: string[]; tail: readonly string[] }> {
  const stream = new PassThrough();
  const lines: string[] = [];
  const it = new StderrTap(stream, systemClock, (line) => lines.push(line));
  for (const chunk of chunks) stream.write(chunk);
  await new Promise((resolve) => setImmediate(resolve));
  return { lines, tail: it.tail };
}

describe('stderr', () => {
  it('comes line by line however it is cut', async () => {
    expect((await tap('on', 'e\ntw', 'o\n\nthr')).lines).toEqual(['one', 'two']);
  });

  it('loses secrets and terminal control', async () => {
    const { lines } = await tap('\u001b[31mAuthorization: Bearer abcdefghijklmnop\u0007\n');
    expect(lines).toEqual(['[31mAuthorization: [redacted]']);
  });

  it('is bounded in length, rate and memory', async () => {
    const endless = await tap(...Array(100).fill('x'.repeat(1_000)), '\nnext\n');
    expect(endless.lines).toEqual(['x'.repeat(MAX_STDERR_LINE), 'next']);
    const many = await tap(Array.from({ length: 1_000 }, (_, i) => `line ${i}\n`).join(''));
    expect(many.lines).toHaveLength(MAX_STDERR_LINES_PER_SECOND);
    expect(many.tail).toHaveLength(STDERR_RING);
  });
});
