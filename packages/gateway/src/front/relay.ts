import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import { parseMessage, screenResult } from '@wardmesh/guard';
import type { ClientSession } from '../pipeline/call.ts';
import { joinUri } from '../pipeline/names.ts';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../protocol/message.ts';
import type { Services } from '../services.ts';
import { refusal } from './asks.ts';

/** The capability a client must have declared for each question, and the word `ward.yaml` has for it. */
const QUESTIONS: Readonly<Record<string, { capability: string; setting: 'sampling' | 'elicitation' | 'roots' }>> = {
  'sampling/createMessage': { capability: 'sampling', setting: 'sampling' },
  'elicitation/create': { capability: 'elicitation', setting: 'elicitation' },
  'roots/list': { capability: 'roots', setting: 'roots' },
};

/** Form fields by which a server asks for what it must never be told (MCP §Elicitation: no secrets in form mode). */
const SECRET_FIELD =
  /pass(word|phrase|code)|secret|api.?key|token|private.?key|seed|mnemonic|credential|\bpin\b|cvv|card.?number/i;

/**
 * What a server sends beside its answers: notifications and questions, each held to the schema of the client's revision,
 * its text screened, its URIs qualified on the aggregate route. What does not pass is dropped or refused, and logged.
 */
export class Relay {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  /** The notification as the client may see it, or undefined. */
  notification(session: ClientSession, server: string, message: JsonRpcNotification): JsonRpcNotification | undefined {
    const parsed = parseMessage(message as unknown as Json, {
      revision: session.revision,
      from: 'server',
      unexpected: 'refuse',
    });
    if (!parsed.ok) {
      this.#services.log.security('server.notification_refused', {
        server,
        method: message.method,
        detail: parsed.error.code,
      });
      return undefined;
    }
    let params: JsonObject | undefined = message.params;
    if (params !== undefined && this.#services.config().guard.screen) params = screenResult(params).result;
    if (session.route.kind === 'aggregate' && typeof params?.uri === 'string') {
      params = { ...params, uri: joinUri(server, params.uri) };
    }
    return params === message.params || params === undefined ? message : { ...message, params };
  }

  /** Puts a question to the client, if it is one the server may ask and the client can answer. */
  async question(
    session: ClientSession,
    server: string,
    message: JsonRpcRequest,
    ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>,
  ): Promise<JsonRpcResponse> {
    const refused = this.#whyNot(session, server, message);
    if (refused !== undefined) {
      this.#services.log.security('server.question_refused', { server, method: message.method, detail: refused });
      return refusal(message.id, refused);
    }
    const params =
      message.params !== undefined && this.#services.config().guard.screen
        ? screenResult(message.params).result
        : message.params;
    const answer = await ask({ ...message, ...(params && { params: named(server, message.method, params) }) });
    const parsed = parseMessage(answer as unknown as Json, {
      revision: sessionRevision(session),
      from: 'client',
      pendingMethod: message.method,
    });
    return parsed.ok ? answer : refusal(message.id, 'The client gave no valid answer.');
  }

  #whyNot(session: ClientSession, server: string, message: JsonRpcRequest): string | undefined {
    const question = QUESTIONS[message.method];
    if (!question) return 'This question is not known.';
    const settings = this.#services.catalogue.server(server)?.settings;
    if (!settings?.asks.includes(question.setting))
      return `The operator does not let this server ask for ${question.setting}.`;
    if (!isJsonObject(session.capabilities[question.capability]))
      return `The client does not support ${question.setting}.`;
    const parsed = parseMessage(message as unknown as Json, {
      revision: sessionRevision(session),
      from: 'server',
      unexpected: 'refuse',
    });
    if (!parsed.ok) return 'The question does not fit its schema.';
    if (message.method === 'elicitation/create' && asksForSecret(message.params))
      return 'A form must not ask for a secret.';
    return undefined;
  }
}

/** Questions are messages of the session era; a stateless client gets them inside `input_required`. */
function sessionRevision(session: ClientSession) {
  return session.era === 'session' ? session.revision : '2025-11-25';
}

function asksForSecret(params: JsonObject | undefined): boolean {
  const schema = params?.requestedSchema;
  const properties = isJsonObject(schema) ? schema.properties : undefined;
  if (!isJsonObject(properties)) return false;
  return Object.entries(properties).some(([name, property]) => {
    const title = isJsonObject(property) ? `${String(property.title ?? '')} ${String(property.description ?? '')}` : '';
    return SECRET_FIELD.test(`${name} ${title}`);
  });
}

/** A person who answers a form must see which server asks. */
function named(server: string, method: string, params: JsonObject): JsonObject {
  return method === 'elicitation/create' && typeof params.message === 'string'
    ? { ...params, message: `[${server}] ${params.message}` }
    : params;
}
