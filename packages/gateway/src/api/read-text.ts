import { concatBytes, fromUtf8 } from '@wardmesh/core';
import { apiError } from './error.ts';
import { MAX_BODY_BYTES } from './limits.ts';

/** The body of a request as text, read no further and no longer than the bounds. @throws CodedError<ApiErrorCode> */
export async function readText({ body }: Request, withinMs: number): Promise<string> {
  if (body === null) return '';
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = apiError('REQUEST_TIMEOUT', 'The request took too long to arrive.');
    timer = setTimeout(() => reject(error), withinMs);
  });
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      size += value.length;
      if (size > MAX_BODY_BYTES) throw apiError('REQUEST_TOO_LARGE', 'The request is too large.');
      parts.push(value);
    }
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => {});
  }
  try {
    return fromUtf8(concatBytes(...parts));
  } catch {
    throw apiError('REQUEST_INVALID', 'The body is not UTF-8.');
  }
}
