import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Site } from '../front/site.ts';
import { checkOrigin, type TransportRules } from '../pipeline/transport.ts';
import type { ApiDeps } from './deps.ts';
import { apiListener } from './listener.ts';
import { API_HEADERS } from './security-headers.ts';
import { StaticFiles } from './static.ts';

export interface ConsoleSiteOptions extends ApiDeps {
  /** Folder of the console's built files; without it only the API is served. */
  readonly folder: string | undefined;
  rules(): TransportRules;
}

/** What people use in a browser: the API and the console, under the same origin as the MCP endpoints. */
export class ConsoleSite implements Site {
  readonly #options: ConsoleSiteOptions;
  readonly #api: ReturnType<typeof apiListener>;
  readonly #files: StaticFiles | undefined;
  readonly #off: () => void;

  constructor(options: ConsoleSiteOptions) {
    this.#options = options;
    this.#api = apiListener(options);
    this.#files = options.folder === undefined ? undefined : new StaticFiles(options.folder);
    this.#off = options.people.onChanged(() => options.sessions.sweep());
  }

  owns(path: string): boolean {
    if (path === '/api' || path.startsWith('/api/')) return true;
    return this.#files !== undefined && (path === '/' || path === '/console' || path.startsWith('/console/'));
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The name is checked against the configured ones: a page of another name that points here (DNS rebinding) gets nothing.
    if (checkOrigin({ headers: { host: request.headers.host } }, this.#options.rules())) {
      response.writeHead(403, { ...API_HEADERS, 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: 'HOST_REFUSED', message: 'This host is not allowed.' }));
      return;
    }
    if (this.#files?.handle(request, response) === true) return;
    await this.#api(request, response);
  }

  close(): void {
    this.#off();
    this.#options.sessions.endAll();
  }
}
