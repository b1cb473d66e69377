import { concatBytes } from '@wardmesh/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_FRAME_ATTACHMENTS, MAX_FRAME_JSON } from '../limits.ts';
import { type Frame, FrameReader, frameHead } from './frame.ts';

const bytes = (max: number, minLength = 0) => fc.uint8Array({ minLength, maxLength: max });
const frameOf = fc.record({ json: bytes(200, 1), attachments: bytes(200) });

const encode = ({ json, attachments }: Frame): Uint8Array =>
  concatBytes(frameHead(json, attachments.length), attachments);

/** Cuts bytes at the given places, in copies: the reader wipes what it is handed. */
function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
  return ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end));
}

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(frameOf, { maxLength: 5 }), fc.array(fc.nat()), (frames, places) => {
        const reader = new FrameReader();
        const got = cut(concatBytes(...frames.map(encode)), places).flatMap((chunk) => [...reader.push(chunk)]);
        expect(got.map(({ json, attachments }) => [[...json], [...attachments]])).toEqual(
          frames.map(({ json, attachments }) => [[...json], [...attachments]]),
        );
        expect(reader.isOpen).toBe(false);
      }),
    );
  });

  test('read byte by byte', () => {
    const frame = { json: Uint8Array.of(1, 2, 3), attachments: Uint8Array.of(4, 5) };
    const reader = new FrameReader();
    const got = [...encode(frame)].flatMap((byte) => [...reader.push(Uint8Array.of(byte))]);
    expect(got).toEqual([frame]);
  });

  test('wipe an attachment in the buffer that it came in', () => {
    const chunk = encode({ json: Uint8Array.of(7), attachments: Uint8Array.of(1, 2, 3) });
    const [frame] = [...new FrameReader().push(chunk)];
    expect([...frame!.attachments]).toEqual([1, 2, 3]);
    expect([...chunk.subarray(-3)]).toEqual([0, 0, 0]);
  });

  test('wipe the part of an attachment that stays unfinished', () => {
    const reader = new FrameReader();
    const chunk = encode({ json: Uint8Array.of(7), attachments: Uint8Array.of(1, 2, 3) });
    expect([...reader.push(chunk.subarray(0, -1))]).toEqual([]);
    expect(reader.isOpen).toBe(true);
    reader.abandon();
    expect(reader.isOpen).toBe(false);
  });

  test.each([
    ['of no JSON', 0, 0],
    ['of too much JSON', MAX_FRAME_JSON + 1, 0],
    ['of the largest number', 0xffff_ffff, 0xffff_ffff],
    ['of too large attachments', 1, MAX_FRAME_ATTACHMENTS + 1],
  ])('%s are refused before memory is taken', (_name, json, attachments) => {
    const head = new Uint8Array(8);
    new DataView(head.buffer).setUint32(0, json);
    new DataView(head.buffer).setUint32(4, attachments);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => [...new FrameReader().push(head)]).toThrow(expect.objectContaining({ code: 'SIGNER_PROTOCOL' }));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_048_576);
  });

  test('too large to be read are not written either', () => {
    expect(() => frameHead(new Uint8Array(MAX_FRAME_JSON + 1), 0)).toThrow();
    expect(() => frameHead(new Uint8Array(1), MAX_FRAME_ATTACHMENTS + 1)).toThrow();
    expect(() => frameHead(new Uint8Array(0), 0)).toThrow();
  });
});
