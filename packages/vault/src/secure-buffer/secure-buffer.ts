import { vaultError } from '../error.ts';

/**
 * Bytes that are wiped by their owner and print as `[secret]` wherever they land (XR-MEM-1; seed §Memory-Safe Key
 * Handling). The bytes lie outside the garbage-collected heap in an allocation of their own, so the collector leaves no
 * copies and `zero` overwrites the only one that we made. What that does not promise: docs/keys.md, "What memory cannot promise".
 */
export class SecureBuffer implements Disposable {
  readonly #bytes: Buffer<ArrayBuffer>;
  #isZeroed = false;

  private constructor(length: number) {
    // Not Buffer.allocUnsafe: its pool is shared with buffers that anyone may hold.
    this.#bytes = Buffer.from(new ArrayBuffer(length));
  }

  /** A copy of `data`; its owner still has to wipe the original. A string cannot be wiped: pass bytes where you can. */
  static from(data: Uint8Array | string, encoding: BufferEncoding = 'utf8'): SecureBuffer {
    if (typeof data === 'string') return SecureBuffer.take(Buffer.from(data, encoding));
    if (!(data instanceof Uint8Array)) throw vaultError('VAULT_BAD_INPUT', 'a secure buffer is made from bytes');
    const secure = new SecureBuffer(data.length);
    secure.#bytes.set(data);
    return secure;
  }

  /** Moves `data` in: the original is wiped. */
  static take(data: Uint8Array): SecureBuffer {
    const secure = SecureBuffer.from(data);
    data.fill(0);
    return secure;
  }

  /** Runs `operation` on a copy of `data` that is wiped when it ends, however it ends. */
  static async withSecureBuffer<T>(data: Uint8Array, operation: (buffer: Buffer) => T | Promise<T>): Promise<T> {
    using secure = SecureBuffer.from(data);
    return await operation(secure.getBuffer());
  }

  /** The bytes themselves, not a copy: they turn to zeros under whoever keeps them. @throws VAULT_BUFFER_ZEROED */
  getBuffer(): Buffer {
    if (this.#isZeroed) throw vaultError('VAULT_BUFFER_ZEROED', 'the secure buffer was wiped');
    return this.#bytes;
  }

  /** Bytes; also known after the wipe. */
  get length(): number {
    return this.#bytes.length;
  }

  get isZeroed(): boolean {
    return this.#isZeroed;
  }

  /** Overwrites the bytes. Further calls do nothing. */
  zero(): void {
    this.#bytes.fill(0);
    this.#isZeroed = true;
  }

  [Symbol.dispose](): void {
    this.zero();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.toPrimitive](): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
