import type { IncomingMessage, ServerResponse } from 'node:http';

/** A part of the front server with paths of its own. */
export interface Site {
  /** @param path without the query */
  owns(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
