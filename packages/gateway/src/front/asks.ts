import { type JsonRpcRequest, type JsonRpcResponse, type RequestId, WIRE } from '../protocol/message.ts';
import { ASK_TIMEOUT_MS, MAX_PENDING_ASKS } from './limits.ts';

interface Pending {
  readonly id: RequestId;
  resolve(response: JsonRpcResponse): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * Questions of servers (sampling, elicitation, roots) that wait for a session-era client's answer. The client sees ids of
 * ours, so two servers behind one session cannot collide or answer for one another.
 */
export class PendingAsks {
  readonly #pending = new Map<string, Pending>();
  #next = 1;

  /** Sends the question under an id of ours; the answer carries the server's id again. Never rejects. */
  ask(message: JsonRpcRequest, send: (message: JsonRpcRequest) => void): Promise<JsonRpcResponse> {
    if (this.#pending.size >= MAX_PENDING_ASKS) {
      return Promise.resolve(refusal(message.id, 'Too many questions are waiting for this client.'));
    }
    const key = `ward-${this.#next++}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#pending.delete(key);
        resolve(refusal(message.id, 'The client did not answer in time.'));
      }, ASK_TIMEOUT_MS);
      timer.unref();
      this.#pending.set(key, { id: message.id, resolve, timer });
      send({ ...message, id: key });
    });
  }

  /** Takes a client's answer. False where nothing waits under that id. */
  answer(response: JsonRpcResponse): boolean {
    const pending = typeof response.id === 'string' ? this.#pending.get(response.id) : undefined;
    if (!pending) return false;
    this.#pending.delete(response.id as string);
    clearTimeout(pending.timer);
    pending.resolve({ ...response, id: pending.id } as JsonRpcResponse);
    return true;
  }

  /** Ends all of them: the session is over. */
  clear(): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.resolve(refusal(pending.id, 'The client is gone.'));
    }
    this.#pending.clear();
  }
}

export function refusal(id: RequestId, message: string): JsonRpcResponse {
  return { jsonrpc: '2.0', id, error: { code: WIRE.invalidRequest, message } };
}
