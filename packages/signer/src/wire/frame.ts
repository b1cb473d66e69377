import { signerError } from '../error.ts';
import { FRAME_HEAD, MAX_FRAME_ATTACHMENTS, MAX_FRAME_JSON } from '../limits.ts';

/** One message: its JSON and the bytes beside it, which are wiped by whoever holds them last. */
export interface Frame {
  readonly json: Uint8Array;
  /** All attachments, one after the other, in memory of their own. */
  readonly attachments: Uint8Array;
}

/** Head and JSON of a frame; the attachments follow as they are, so that no second copy of them is made. */
export function frameHead(json: Uint8Array, attachmentBytes: number): Uint8Array {
  if (json.length === 0 || json.length > MAX_FRAME_JSON || attachmentBytes > MAX_FRAME_ATTACHMENTS) {
    throw signerError('SIGNER_PROTOCOL', 'the message is too large for a frame');
  }
  const head = new Uint8Array(FRAME_HEAD + json.length);
  const view = new DataView(head.buffer);
  view.setUint32(0, json.length);
  view.setUint32(4, attachmentBytes);
  head.set(json, FRAME_HEAD);
  return head;
}

/**
 * Puts frames together from a stream of chunks, however they are cut. Lengths are checked before memory is taken.
 * Bytes of attachments are wiped in the chunk once they are copied: the chunk is the socket's buffer.
 */
export class FrameReader {
  readonly #head = new Uint8Array(FRAME_HEAD);
  #headBytes = 0;
  #body: { readonly json: Uint8Array; readonly attachments: Uint8Array } | undefined;
  #bodyBytes = 0;

  /** Whether a frame has begun and is not whole. */
  get isOpen(): boolean {
    return this.#headBytes > 0;
  }

  /** Frames that this chunk completes. @throws SIGNER_PROTOCOL; the reader is of no use afterwards */
  *push(chunk: Uint8Array): Generator<Frame> {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#body === undefined) {
        offset += this.#take(chunk, offset);
        continue;
      }
      const { json, attachments } = this.#body;
      offset += this.#fill(json, attachments, chunk, offset);
      if (this.#bodyBytes < json.length + attachments.length) continue;
      const frame = this.#body;
      this.#body = undefined;
      this.#headBytes = 0;
      this.#bodyBytes = 0;
      yield frame;
    }
  }

  /** Wipes what has come of an attachment that will never be whole. */
  abandon(): void {
    this.#body?.attachments.fill(0);
    this.#body = undefined;
    this.#headBytes = 0;
    this.#bodyBytes = 0;
  }

  #take(chunk: Uint8Array, offset: number): number {
    const part = chunk.subarray(offset, offset + FRAME_HEAD - this.#headBytes);
    this.#head.set(part, this.#headBytes);
    this.#headBytes += part.length;
    if (this.#headBytes === FRAME_HEAD) {
      const view = new DataView(this.#head.buffer);
      const [json, attachments] = [view.getUint32(0), view.getUint32(4)];
      if (json === 0 || json > MAX_FRAME_JSON || attachments > MAX_FRAME_ATTACHMENTS) {
        throw signerError('SIGNER_PROTOCOL', 'a frame is empty or too large');
      }
      // An ArrayBuffer of its own lies outside the collected heap: wiping it wipes the only copy.
      this.#body = { json: new Uint8Array(json), attachments: new Uint8Array(new ArrayBuffer(attachments)) };
    }
    return part.length;
  }

  #fill(json: Uint8Array, attachments: Uint8Array, chunk: Uint8Array, offset: number): number {
    const isJson = this.#bodyBytes < json.length;
    const [target, at] = isJson ? [json, this.#bodyBytes] : [attachments, this.#bodyBytes - json.length];
    const part = chunk.subarray(offset, offset + target.length - at);
    target.set(part, at);
    if (!isJson) part.fill(0);
    this.#bodyBytes += part.length;
    return part.length;
  }
}
