import type { IncomingMessage } from 'node:http';
import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { readEvents } from '../endpoint/sse.ts';
import { MAX_EVENT_BYTES } from '../limits.ts';
import { lost, tooLarge } from './fault.ts';
import { parseMessage } from './message.ts';

export function isStream(response: IncomingMessage): boolean {
  return response.statusCode === 200 && (response.headers['content-type'] ?? '').startsWith('text/event-stream');
}

export function sessionIdOf(response: IncomingMessage): string | undefined {
  const id = response.headers['mcp-session-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** A whole body as text. @throws CodedError where it breaks off or is larger than a message may be */
export async function readBody(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAX_EVENT_BYTES) throw new RangeError('too large');
      parts.push(part);
    }
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : lost();
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The response to one of the bridge's own requests, from a body or a stream; nothing for a notification. */
export async function readAnswer(response: IncomingMessage, id: Json | undefined): Promise<JsonObject | undefined> {
  if (!isStream(response)) {
    const message = parseMessage(await readBody(response));
    return typeof message === 'object' ? message.body : undefined;
  }
  for await (const event of readEvents(response)) {
    const message = parseMessage(event.data);
    if (typeof message === 'object' && message.kind === 'response' && message.id === id && isJsonObject(message.body)) {
      return message.body;
    }
  }
  return undefined;
}

/** Whether the gateway cannot have seen the request, so that sending it again is safe. */
export function isRetryable(error: unknown): boolean {
  const { code, details } = error as { code?: string; details?: { sent?: boolean } };
  return code === 'GATEWAY_NOT_RUNNING' || (code === 'GATEWAY_UNREACHABLE' && details?.sent !== true);
}

/** Resolves when the signal comes. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
