import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { StoreError } from '../error.ts';
import { MAX_FILE_BYTES } from '../limits.ts';
import { coded } from './fault.ts';
import { assertPrivate } from './mode.ts';

/**
 * Bytes of a private file (XR-FILE-2). Checked on the open file, so nothing can be swapped in between.
 * @throws StoreError STORE_FILE_MISSING, STORE_FILE_NOT_PLAIN, STORE_FILE_TOO_OPEN, STORE_FILE_TOO_LARGE, STORE_IO_FAILED
 */
export async function readFileSecure(path: string, max: number = MAX_FILE_BYTES): Promise<Uint8Array> {
  return coded(path, async () => {
    // Non-blocking, or opening a named pipe would wait for a writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw new StoreError('STORE_FILE_NOT_PLAIN', `${path} is not a plain file`);
      assertPrivate(path, stats, 0o600);
      if (stats.size > max) throw new StoreError('STORE_FILE_TOO_LARGE', `${path} is larger than ${max} bytes`);
      const bytes = await handle.readFile();
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } finally {
      await handle.close();
    }
  });
}
