import { fromHex } from '@wardmesh/core';
import type { ReadableLogStorage } from '../ports.ts';

/** id (16) ‖ offset of its frame (4), sorted by id. A hint only: what it finds is opened and compared. */
const RECORD_BYTES = 20;

export function encodeIndex(offsets: ReadonlyMap<string, number>): Uint8Array {
  // One conversion for all records: this runs while appends wait.
  const records = [...offsets.keys()]
    .sort()
    .map((id) => id.replaceAll('-', '') + offsets.get(id)!.toString(16).padStart(8, '0'));
  return Buffer.from(records.join(''), 'hex');
}

/** Offset of the frame with entry `id`, or undefined. Reads a few records, not the file. */
export async function lookUp(storage: ReadableLogStorage, file: string, id: string): Promise<number | undefined> {
  const wanted = fromHex(id.replaceAll('-', ''));
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
