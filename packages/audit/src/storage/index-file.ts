import { fromHex } from '@wardmesh/core';
import type { ReadableLogStorage } from '../ports.ts';

/** id (16) ‖ offset of its frame (4), sorted by id. A hint only: what it finds is opened and compared. */
const RECORD_BYTES = 20;

export function encodeIndex(offsets: ReadonlyMap<string, number>): Uint8Array {
  const ids = [...offsets.keys()].sort();
  const bytes = new Uint8Array(ids.length * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  ids.forEach((id, i) => {
    bytes.set(idBytes(id), i * RECORD_BYTES);
    view.setUint32(i * RECORD_BYTES + 16, offsets.get(id)!);
  });
  return bytes;
}

function idBytes(id: string): Uint8Array {
  return fromHex(id.replaceAll('-', ''));
}

/** Offset of the frame with entry `id`, or undefined. Reads a few records, not the file. */
export async function lookUp(storage: ReadableLogStorage, file: string, id: string): Promise<number | undefined> {
  const wanted = idBytes(id);
  let low = 0;
  let high = Math.floor((await storage.size(file)) / RECORD_BYTES);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const record = await storage.read(file, middle * RECORD_BYTES, (middle + 1) * RECORD_BYTES);
    const order = compare(record, wanted);
    if (order === 0) return new DataView(record.buffer, record.byteOffset).getUint32(16);
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

function compare(record: Uint8Array, id: Uint8Array): number {
  for (let i = 0; i < 16; i++) {
    const difference = record[i]! - id[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
