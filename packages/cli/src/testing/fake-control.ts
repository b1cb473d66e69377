import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { homePaths } from '../home-paths.ts';

/** What a route answers: a value as JSON, an error with its status, or by itself on the response. */
export type FakeAnswer = unknown | ((body: unknown, response: ServerResponse) => unknown);

/** A control socket whose answers a test decides, keyed `METHOD /path?query`. Everything asked is kept. */
export class FakeControl {
  readonly asked: { readonly route: string; readonly body: unknown }[] = [];
  readonly routes: Record<string, FakeAnswer>;
  readonly #server: Server;

  private constructor(routes: Record<string, FakeAnswer>) {
    this.routes = routes;
    this.#server = createServer(async (request, response) => {
      const route = `${request.method} ${request.url}`;
      let text = '';
      for await (const part of request) text += part;
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      this.asked.push({ route, body });
      const answer = this.routes[route];
      if (answer === undefined) return refuse(response, 404, { code: 'ROUTE_UNKNOWN', message: `no ${route}` });
      const value: unknown = typeof answer === 'function' ? await answer(body, response) : answer;
      if (response.writableEnded) return;
      if (value instanceof FakeError) return refuse(response, value.status, value.body);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    });
  }

  /** Listens in a home, which it makes where there is none. */
  static async start(home: string, routes: Record<string, FakeAnswer>): Promise<FakeControl> {
    const paths = homePaths(home);
    mkdirSync(dirname(paths.controlSocket), { recursive: true });
    chmodSync(home, 0o700);
    writeFileSync(paths.config, 'version: 1\n', { mode: 0o600 });
    const control = new FakeControl(routes);
    await new Promise<void>((resolve) => control.#server.listen(paths.controlSocket, resolve));
    return control;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An answer with an error status. */
export class FakeError {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

function refuse(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
