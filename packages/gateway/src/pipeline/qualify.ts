import { isJsonObject, type Json, type JsonObject } from '@wardmesh/core';
import type { Call } from './call.ts';
import { joinUri } from './names.ts';

/** On the aggregate route: resource URIs inside a result name their server, so that the client can read them back. */
export function qualifyUris(call: Call, result: JsonObject): JsonObject {
  const server = call.attached?.server;
  if (server === undefined) return result;
  let copy: Record<string, Json> | undefined;
  if (Array.isArray(result.content)) {
    const content = result.content.map((block) => qualifyBlock(server, block as Json));
    if (content.some((block, i) => block !== (result.content as Json[])[i])) copy = { ...(copy ?? result), content };
  }
  if (Array.isArray(result.messages)) {
    const messages = result.messages.map((message) =>
      isJsonObject(message) && isJsonObject(message.content)
        ? { ...message, content: qualifyBlock(server, message.content) }
        : message,
    );
    copy = { ...(copy ?? result), messages: messages as Json };
  }
  if (Array.isArray(result.contents)) {
    copy = { ...(copy ?? result), contents: result.contents.map((item) => qualifyUri(server, item as Json)) };
  }
  return copy ?? result;
}

function qualifyBlock(server: string, block: Json): Json {
  if (!isJsonObject(block)) return block;
  if (block.type === 'resource_link') return qualifyUri(server, block);
  if (block.type === 'resource' && isJsonObject(block.resource)) {
    return { ...block, resource: qualifyUri(server, block.resource) };
  }
  return block;
}

function qualifyUri(server: string, item: Json): Json {
  return isJsonObject(item) && typeof item.uri === 'string' ? { ...item, uri: joinUri(server, item.uri) } : item;
}
