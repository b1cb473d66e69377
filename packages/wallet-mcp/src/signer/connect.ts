import { SignerClient } from '@wardmesh/signer/client';
import type { SignerPort } from './port.ts';

/** A signer at a socket. Connects when first asked and again after a connection was lost; a request is never sent twice. */
export function signerAt(socket: string): SignerPort {
  let current: Promise<SignerClient> | undefined;

  function connected(): Promise<SignerClient> {
    if (current !== undefined) return current;
    const attempt = SignerClient.connect({ socket });
    current = attempt;
    const forget = (): void => {
      if (current === attempt) current = undefined;
    };
    attempt.then((client) => client.closed.then(forget, forget), forget);
    return attempt;
  }

  return {
    async request(method, params) {
      const client = await connected();
      const { result } = await client.request(method, params);
      return result;
    },
    async close() {
      const closing = current;
      current = undefined;
      const client = await closing?.catch(() => undefined);
      await client?.close();
    },
  };
}
