import {
  isFailure,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  WIRE,
} from '../protocol/message.ts';
import type { Attachment, Channel, ServerFacts, UpstreamCall, UpstreamReply } from '../upstream/port.ts';
import { deriveCall } from '../upstream/rpc/derive-call.ts';
import { errorReply } from '../upstream/rpc/reply.ts';
import { refuse } from './refusal.ts';
import {
  olderError,
  olderInfo,
  olderNotification,
  olderQuestion,
  olderRequestFault,
  olderResult,
  withoutTasks,
} from './session-revisions.ts';

/**
 * A session client on a session server that negotiated another revision than the client's. Where they agree (nearly
 * always, for the client's own revision is what we ask for) the channel is passed through untouched.
 */
export async function alignedSession(
  attachment: Attachment,
  open: (inner: Attachment) => Promise<Channel>,
): Promise<Channel> {
  const isOld = attachment.client.revision === '2025-06-18';
  let isAligned = true;
  const inner: Attachment = {
    principal: attachment.principal,
    session: attachment.session,
    client: attachment.client,
    lost: (reason) => attachment.lost(reason),
    notify: (message) => {
      const told = isAligned || !isOld ? message : olderNotification(message);
      if (told !== undefined) attachment.notify(told);
    },
    ask: (message) => (isAligned || !isOld ? attachment.ask(message) : askOlder(message, (one) => attachment.ask(one))),
  };
  const channel = await open(inner);
  isAligned = channel.facts.revision === attachment.client.revision;
  if (isAligned) return channel;
  return isOld ? new OlderClient(channel, attachment) : new OlderServer(channel, attachment);
}

/** A 2025-06-18 client, a 2025-11-25 server. */
class OlderClient implements Channel {
  readonly #channel: Channel;
  readonly #attachment: Attachment;

  constructor(channel: Channel, attachment: Attachment) {
    this.#channel = channel;
    this.#attachment = attachment;
  }

  get facts(): ServerFacts {
    const { facts } = this.#channel;
    const { revision } = this.#attachment.client;
    return { ...facts, revision, capabilities: withoutTasks(facts.capabilities), info: olderInfo(facts.info) };
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    const reply = await this.#channel.request(
      deriveCall(call, {
        notify: (message) => {
          const told = olderNotification(message);
          if (told !== undefined) call.notify(told);
        },
        ask: (message) => askOlder(message, (one) => call.ask(one)),
      }),
    );
    const { message, bytes } = reply;
    if (isFailure(message)) {
      const error = olderError(message.error);
      return error === message.error ? reply : { message: { ...message, error }, bytes };
    }
    const result = olderResult(call.message.method, message.result);
    return result === message.result ? reply : { message: { ...message, result }, bytes };
  }

  notify(message: JsonRpcNotification): Promise<void> {
    return this.#channel.notify(message);
  }

  close(): Promise<void> {
    return this.#channel.close();
  }
}

/** A 2025-11-25 client, a 2025-06-18 server: everything the server says is valid, not everything the client may ask. */
class OlderServer implements Channel {
  readonly #channel: Channel;
  readonly #attachment: Attachment;

  constructor(channel: Channel, attachment: Attachment) {
    this.#channel = channel;
    this.#attachment = attachment;
  }

  get facts(): ServerFacts {
    const { facts } = this.#channel;
    return { ...facts, revision: this.#attachment.client.revision, capabilities: withoutTasks(facts.capabilities) };
  }

  async request(call: UpstreamCall): Promise<UpstreamReply> {
    const fault = olderRequestFault(call.message);
    if (fault === 'method') return errorReply(call.message.id, WIRE.methodNotFound, 'Method not found');
    if (fault === 'params') return errorReply(call.message.id, WIRE.invalidParams, 'The server runs no tasks');
    return this.#channel.request(call);
  }

  async notify(message: JsonRpcNotification): Promise<void> {
    if (message.method !== 'notifications/tasks/status') await this.#channel.notify(message);
  }

  close(): Promise<void> {
    return this.#channel.close();
  }
}

function askOlder(
  message: JsonRpcRequest,
  ask: (message: JsonRpcRequest) => Promise<JsonRpcResponse>,
): Promise<JsonRpcResponse> {
  const question = olderQuestion(message);
  return question === undefined ? refuse(message) : ask(question);
}
