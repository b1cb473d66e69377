import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { API_HEADERS, PAGE_HEADERS } from './security-headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const PREFIX = '/console/';

interface StaticFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly zipped: Uint8Array;
  /** Named after its content: it never changes. */
  readonly immutable: boolean;
}

/** The console's files, read once at the start: a request names one of them and never a path of the disk. */
export class StaticFiles {
  readonly #files = new Map<string, StaticFile>();

  constructor(folder: string) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const bytes = readFileSync(join(folder, name));
      const zipped = gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION });
      this.#files.set(PREFIX + name, { type, bytes, zipped, immutable: name.startsWith('assets/') });
    }
  }

  /** Answers where the path is the console's; false where it is not. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const path = (request.url ?? '').split('?', 1)[0]!;
    if (path === '/' || path === '/console') {
      response.writeHead(308, { ...API_HEADERS, location: PREFIX }).end();
      return true;
    }
    if (!path.startsWith(PREFIX)) return false;
    const file = this.#files.get(path === PREFIX ? `${PREFIX}index.html` : path);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { ...API_HEADERS, allow: 'GET, HEAD' }).end();
      return true;
    }
    if (file === undefined) {
      response
        .writeHead(404, { ...API_HEADERS, 'content-type': 'text/plain; charset=utf-8' })
        .end('There is no such page.\n');
      return true;
    }
    const zips = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const body = zips ? file.zipped : file.bytes;
    response.writeHead(200, {
      ...PAGE_HEADERS,
      'content-type': file.type,
      'content-length': body.length,
      vary: 'accept-encoding',
      ...(zips && { 'content-encoding': 'gzip' }),
      ...(file.immutable && { 'cache-control': 'public, max-age=31536000, immutable' }),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  }
}
