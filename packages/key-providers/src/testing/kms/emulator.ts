import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { EmulatedKeys, KmsFault } from './keys.ts';
import { type SignedBy, verifySignature } from './sigv4.ts';

/** Something that goes wrong with one request; `action` says of which. */
export type Fault =
  | { readonly action: string; readonly error: string; readonly status?: number }
  /** No answer until the client gives up. */
  | { readonly action: string; readonly isSilent: true }
  /** The answer is changed on its way. */
  | { readonly action: string; readonly change: (answer: Record<string, unknown>) => Record<string, unknown> }
  /** It is done, and the connection breaks before the answer. */
  | { readonly action: string; readonly isCutAfter: true };

export const CREDENTIALS = {
  accessKeyId: 'AKIAWARDMESHTEST0001',
  secretAccessKey: 'wJalrXUtnFEMIk7MDENGbPxRfiCYwardmeshtest',
};

/** AWS KMS in so far as we use it: the wire protocol (JSON 1.1 over HTTP), its signatures, its keys and its bad days. */
export class KmsEmulator {
  readonly keys = new EmulatedKeys();
  readonly seen: { readonly action: string; readonly by: SignedBy; readonly request: Record<string, unknown> }[] = [];
  readonly faults: Fault[] = [];
  readonly #server: Server;

  private constructor(tls: { readonly key: string; readonly cert: string } | undefined) {
    const serve = (request: IncomingMessage, response: ServerResponse) => void this.#serve(request, response);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<KmsEmulator> {
    const emulator = new KmsEmulator(tls);
    await new Promise<void>((resolve) => emulator.#server.listen(0, '127.0.0.1', resolve));
    return emulator;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Actions of the requests seen, in order. */
  get actions(): readonly string[] {
    return this.seen.map(({ action }) => action);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const reply = (status: number, answer: object): void => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    };
    const { method = '', url = '', headers } = request;
    const action = /^TrentService\.([A-Za-z]+)$/.exec(String(headers['x-amz-target']))?.[1] ?? '';
    const by = verifySignature({ method, path: url, headers }, body, (id) =>
      id === CREDENTIALS.accessKeyId ? CREDENTIALS.secretAccessKey : undefined,
    );
    if (by === undefined) return reply(400, { __type: 'InvalidSignatureException', message: 'not signed by us' });
    const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    this.seen.push({ action, by, request: parsed });
    const at = this.faults.findIndex((fault) => fault.action === action);
    const fault = at < 0 ? undefined : this.faults.splice(at, 1)[0];
    if (fault !== undefined && 'isSilent' in fault) return;
    if (fault !== undefined && 'error' in fault) {
      return reply(fault.status ?? 400, { __type: fault.error, message: `no, ${CREDENTIALS.accessKeyId}` });
    }
    try {
      const run = this.keys.actions[action];
      if (run === undefined) throw new KmsFault('UnknownOperationException');
      const answer = run(parsed);
      if (fault !== undefined && 'isCutAfter' in fault) return void request.socket.destroy();
      reply(200, fault !== undefined && 'change' in fault ? fault.change(answer) : answer);
    } catch (error) {
      const { name, status } = error instanceof KmsFault ? error : new KmsFault('KMSInternalException', 500);
      reply(status, { __type: name, message: 'it did not work' });
    }
  }
}
