import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isJsonObject, type JsonObject } from '@wardmesh/core';
import { cliError } from '../error.ts';
import { ANSWER_TIMEOUT_MS, MAX_OAUTH_BYTES } from '../limits.ts';
import { type Place, tlsFor } from './place.ts';

export interface Sent {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Received {
  readonly status: number;
  readonly text: string;
}

/** One request to a gateway; redirects are not followed. @throws CodedError GATEWAY_UNREACHABLE, GATEWAY_PROTOCOL */
export async function send(place: Place, { method, url, headers = {}, body }: Sent): Promise<Received> {
  let response: IncomingMessage;
  try {
    response = await new Promise<IncomingMessage>((resolve, reject) => {
      const make = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const request = make(
        url,
        {
          ...(url.protocol === 'https:' && tlsFor(place, url)),
          method,
          headers: { accept: 'application/json', ...headers },
          timeout: ANSWER_TIMEOUT_MS,
          agent: false,
        },
        resolve,
      );
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body);
    });
  } catch (cause) {
    throw cliError('GATEWAY_UNREACHABLE', `${url.origin} does not answer, or its certificate is not the expected one`, {
      hint: 'Is ward up running? A gateway elsewhere is named with --url and --ca.',
      cause,
    });
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    size += (part as Buffer).length;
    if (size > MAX_OAUTH_BYTES) {
      response.destroy();
      throw cliError('GATEWAY_PROTOCOL', 'the answer is too large');
    }
    parts.push(part as Buffer);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') };
}

/** The JSON object of an answer. @throws CodedError GATEWAY_PROTOCOL */
export function jsonOf({ status, text }: Received): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {}
  if (isJsonObject(value)) return value;
  throw cliError('GATEWAY_PROTOCOL', `the gateway answered ${status} without JSON`);
}
