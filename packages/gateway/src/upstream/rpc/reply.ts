import type { JsonRpcResponse, RequestId } from '../../protocol/message.ts';
import type { UpstreamReply } from '../port.ts';
import { spliceId } from './splice.ts';

/**
 * A reply whose bytes are made only where someone forwards them: most replies get a receipt id and are written anew.
 */
export class WireReply implements UpstreamReply {
  readonly message: JsonRpcResponse;
  readonly bytes: number;
  readonly #line: Buffer;
  readonly #wireId: RequestId | null | undefined;

  constructor(line: Buffer, parsed: JsonRpcResponse, id: RequestId) {
    this.#line = line;
    this.#wireId = parsed.id;
    this.bytes = line.length;
    this.message = parsed.id === id ? parsed : { ...parsed, id };
  }

  /** The server's own bytes with the client's id; absent where that cannot be done for sure. */
  get original(): Uint8Array {
    const id = this.message.id as RequestId;
    if (this.#wireId === id) return this.#line;
    return spliceId(this.#line, id) ?? Buffer.from(JSON.stringify(this.message));
  }
}

/** An answer made here, by no server's bytes. */
export function localReply(message: JsonRpcResponse): UpstreamReply {
  return { message, bytes: 0 };
}

export function emptyResult(id: RequestId): UpstreamReply {
  return localReply({ jsonrpc: '2.0', id, result: {} });
}

export function errorReply(id: RequestId, code: number, message: string): UpstreamReply {
  return localReply({ jsonrpc: '2.0', id, error: { code, message } });
}
