import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of the same routes that believes everybody: what the attempts get where nobody looks. */
export async function startNaiveSite(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const now = new Date().toISOString();
    const message = `localhost wants you to sign in\n\nNonce: abcdef\nIssued At: ${now}\nExpiration Time: ${now}\nRequest ID: console`;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'anybody', message, draftId: 'draft', keys: [{ kid: 'k' }] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
