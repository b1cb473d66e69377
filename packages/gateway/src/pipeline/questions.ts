import { isJsonObject, type JsonObject } from '@wardmesh/core';
import type { Services } from '../services.ts';
import type { ClientSession } from './call.ts';

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
 * Why a server may not put a question to the client, if it may not: the operator's word, the client's capability, and
 * what no form may ask. The same for questions of the session era and those inside a stateless result (SEP-2322).
 */
export function whyNotAsk(
  services: Services,
  session: ClientSession,
  server: string,
  method: string,
  params: JsonObject | undefined,
): string | undefined {
  const question = Object.hasOwn(QUESTIONS, method) ? QUESTIONS[method] : undefined;
  if (!question) return 'This question is not known.';
  const settings = services.catalogue.server(server)?.settings;
  if (!settings?.asks.includes(question.setting))
    return `The operator does not let this server ask for ${question.setting}.`;
  if (!isJsonObject(session.capabilities[question.capability]))
    return `The client does not support ${question.setting}.`;
  if (method !== 'elicitation/create') return undefined;
  if (asksForSecret(params)) return 'A form must not ask for a secret.';
  if (params?.mode === 'url' && !isWebPage(params.url)) return 'The address is not that of a web page.';
  return undefined;
}

/** A person who answers a form must see which server asks. */
export function nameAsker(server: string, method: string, params: JsonObject): JsonObject {
  return method === 'elicitation/create' && typeof params.message === 'string'
    ? { ...params, message: `[${server}] ${params.message}` }
    : params;
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

/** `https`, or `http` on this machine: a client opens it, and other schemes run things (MCP security practices §6). */
function isWebPage(address: unknown): boolean {
  if (typeof address !== 'string') return false;
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return (
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname))
  );
}
