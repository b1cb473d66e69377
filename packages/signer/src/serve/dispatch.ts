import { isCoded, type Json, type JsonObject, redactText } from '@wardmesh/core';
import { SecureBuffer } from '@wardmesh/vault';
import { signerError } from '../error.ts';
import { LEDGER_DEADLINE } from '../limits.ts';
import { AGENT_METHODS } from '../protocol/agent.ts';
import { LEDGER_METHODS, OPERATOR_METHODS } from '../protocol/operator.ts';
import type { Peer, Reply } from '../wire/peer.ts';
import { type Answered, type AskLedger, type CallContext, type Handlers, type Method, SECRETS } from './context.ts';

export type Door = 'agent' | 'operator';

const METHODS = { agent: AGENT_METHODS, operator: OPERATOR_METHODS } as const;

/**
 * Answers the requests of one socket: the method must be one of its own, parameters and answer what the protocol says,
 * and secrets as many as the method takes. Secrets live in secure buffers from here on and are wiped when the call ends.
 * @throws SIGNER_METHOD_UNKNOWN, SIGNER_BAD_PARAMS, and what the handler throws
 */
export function dispatcher(door: Door, handlers: Handlers<Method>) {
  return async (name: string, given: JsonObject, attachments: readonly Uint8Array[], peer: Peer): Promise<Reply> => {
    if (!Object.hasOwn(METHODS[door], name)) {
      throw signerError('SIGNER_METHOD_UNKNOWN', 'this socket has no such method');
    }
    const method = name as Method;
    const { params, result } = OPERATOR_METHODS[method];
    const checked = params.safeParse(given);
    if (!checked.success) {
      const member = checked.error.issues[0]?.path.map(String).join('.') ?? '';
      throw signerError('SIGNER_BAD_PARAMS', `the parameters are not those of ${method}`, {
        ...(/^[\w.]{1,64}$/.test(member) && { hint: `Look at ${member}.` }),
      });
    }
    const count = SECRETS[method] ?? 0;
    const [least, most] = typeof count === 'number' ? [count, count] : count;
    if (attachments.length < least || attachments.length > most) {
      const range = least === most ? least : `${least} to ${most}`;
      throw signerError('SIGNER_BAD_PARAMS', `${method} takes ${range} secrets as attachments`);
    }
    const secrets = attachments.map((bytes) => SecureBuffer.take(bytes));
    try {
      const context: CallContext = {
        secrets,
        ledger: askOver(peer),
        progress: (step, message) => peer.notify('progress', { step, message }),
      };
      const handler = handlers[method] as (params: unknown, context: CallContext) => Promise<Answered<unknown>>;
      const answered = await handler(withoutSecrets(checked.data), context);
      // On the way out too: what the protocol does not name does not leave, whatever a room inside hands up.
      const sound = result.safeParse(answered.result);
      if (!sound.success) {
        for (const file of answered.attachments ?? []) file.fill(0);
        throw new TypeError('an answer that the protocol does not allow');
      }
      return { result: sound.data as Json, attachments: answered.attachments ?? [] };
    } finally {
      for (const secret of secrets) secret.zero();
    }
  };
}

/** Members that hold the caller's own words. */
const FREE_TEXT = ['reason', 'context', 'description', 'purpose'] as const;

/** The caller's words without what looks like a secret: they are kept, logged, and shown to people and to agents. */
function withoutSecrets(params: object): object {
  const words = FREE_TEXT.flatMap((name) => {
    const text = (params as Readonly<Record<string, unknown>>)[name];
    return typeof text === 'string' ? [[name, redactText(text)] as const] : [];
  });
  return { ...params, ...Object.fromEntries(words) };
}

/** Questions about the ledger go back over the connection that asked; what comes is checked like any input. */
function askOver(peer: Peer): AskLedger {
  return async (method, params) => {
    const answer = await peer.request(method, params as JsonObject, [], LEDGER_DEADLINE).catch((cause: unknown) => {
      if (!isCoded(cause, 'SIGNER_METHOD_UNKNOWN')) throw cause;
      throw signerError('LEDGER_UNAVAILABLE', 'this client answers no questions about the ledger', { cause });
    });
    for (const part of answer.attachments) part.fill(0);
    const checked = LEDGER_METHODS[method].result.safeParse(answer.result);
    if (!checked.success) throw signerError('LEDGER_UNAVAILABLE', 'the answer about the ledger is not one');
    return checked.data as never;
  };
}
