import type { Json, JsonObject } from '@wardmesh/core';
import { parseMessage, screenResult } from '@wardmesh/guard';
import type { ClientSession } from '../pipeline/call.ts';
import { joinUri } from '../pipeline/names.ts';
import { nameAsker, whyNotAsk } from '../pipeline/questions.ts';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../protocol/message.ts';
import { withoutOwnMeta } from '../protocol/own-words.ts';
import type { Services } from '../services.ts';
import { refusal } from './asks.ts';

/** Notifications that carry a server's own text. */
const SPEAKS: ReadonlySet<string> = new Set(['notifications/message', 'notifications/progress']);

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
    if (parsed.ok && !isDeclared(session, server, message.method)) {
      this.#services.log.security('server.notification_refused', {
        server,
        method: message.method,
        detail: 'not declared',
      });
      return undefined;
    }
    if (!parsed.ok) {
      this.#services.log.security('server.notification_refused', {
        server,
        method: message.method,
        detail: parsed.error.code,
      });
      return undefined;
    }
    let params: JsonObject | undefined = message.params && withoutOwnMeta(message.params);
    if (SPEAKS.has(message.method)) this.#label(session, server);
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
    this.#label(session, server);
    const answer = await ask({ ...message, ...(params && { params: nameAsker(server, message.method, params) }) });
    const parsed = parseMessage(answer as unknown as Json, {
      revision: sessionRevision(session),
      from: 'client',
      pendingMethod: message.method,
    });
    return parsed.ok ? answer : refusal(message.id, 'The client gave no valid answer.');
  }

  /** What a server says on the way is read like its results (WM-IFC-1). */
  #label(session: ClientSession, server: string): void {
    const settings = this.#services.catalogue.server(server)?.settings;
    if (settings) this.#services.labels.add(session, settings.labels);
  }

  #whyNot(session: ClientSession, server: string, message: JsonRpcRequest): string | undefined {
    const refused = whyNotAsk(this.#services, session, server, message.method, message.params);
    if (refused !== undefined) return refused;
    const parsed = parseMessage(message as unknown as Json, {
      revision: sessionRevision(session),
      from: 'server',
      unexpected: 'refuse',
    });
    return parsed.ok ? undefined : 'The question does not fit its schema.';
  }
}

/** Whether the server declared, in its handshake, what a notification is about. */
function isDeclared(session: ClientSession, server: string, method: string): boolean {
  const capability = CAPABILITY_OF[method];
  if (capability === undefined) return true;
  // While it attaches nothing is known of it yet, and nothing of it is passed on.
  return server === OURSELVES || session.factsOf(server)?.capabilities[capability] !== undefined;
}

/** The name under which the gateway itself tells clients that their tools changed. */
export const OURSELVES = 'wardmesh';

const CAPABILITY_OF: Readonly<Record<string, string>> = {
  'notifications/tools/list_changed': 'tools',
  'notifications/prompts/list_changed': 'prompts',
  'notifications/resources/list_changed': 'resources',
  'notifications/resources/updated': 'resources',
  'notifications/message': 'logging',
};

/** Questions are messages of the session era; a stateless client gets them inside `input_required`. */
function sessionRevision(session: ClientSession) {
  return session.era === 'session' ? session.revision : '2025-11-25';
}
