import { type JsonRpcRequest, type JsonRpcResponse, WIRE } from '../protocol/message.ts';
import { abortedBy } from '../upstream/errors.ts';

/** Methods that mean the same in both eras. */
const COMMON: readonly string[] = [
  'tools/list',
  'tools/call',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'completion/complete',
];

export function isCommon(method: string): boolean {
  return COMMON.includes(method);
}

/** The answer to a server-to-client request that has nobody to go to. */
export async function refuse({ id }: JsonRpcRequest): Promise<JsonRpcResponse> {
  return { jsonrpc: '2.0', id, error: { code: WIRE.methodNotFound, message: 'Method not found' } };
}

/** What a promise gives, unless the signal is aborted first. @throws UpstreamError */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedBy(signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
