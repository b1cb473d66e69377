import type { SecureBuffer } from '@wardmesh/vault';

/**
 * Runs `ask` with copies of secrets that are wiped whatever happens. The client wipes what it sent; the originals stay
 * usable for the next question and are wiped by their owner.
 */
export async function sending<T>(
  secrets: readonly SecureBuffer[],
  ask: (attachments: readonly Uint8Array[]) => Promise<T>,
): Promise<T> {
  const copies = secrets.map((secret) => {
    const copy = new Uint8Array(new ArrayBuffer(secret.length));
    copy.set(secret.getBuffer());
    return copy;
  });
  try {
    return await ask(copies);
  } finally {
    for (const copy of copies) copy.fill(0);
  }
}
