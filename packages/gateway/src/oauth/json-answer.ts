import type { ServerResponse } from 'node:http';
import { securityHeaders } from './security-headers.ts';

/** One JSON object, with the headers of everything here. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...securityHeaders(),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** What any page may read: it is the same for everybody and names no one. */
export const PUBLIC_DATA = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'public, max-age=300',
} as const;

/** RFC 6749 §5.2 and its extensions. */
export function answerError(response: ServerResponse, status: number, error: string, description: string): void {
  answerJson(response, status, { error, error_description: description });
}
