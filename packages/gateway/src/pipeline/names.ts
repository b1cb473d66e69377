/**
 * Names on the aggregate route. A server's id holds neither a dot nor a plus, so the first one splits, whatever the
 * server's own names hold: two different pairs never meet.
 */
export interface Qualified {
  readonly server: string;
  readonly name: string;
}

const SERVER_ID = /^[a-z][a-z0-9-]{0,31}$/;

/** `server.tool`, for tools and prompts. */
export function joinName(server: string, name: string): string {
  return `${server}.${name}`;
}

export function splitName(qualified: string): Qualified | undefined {
  return split(qualified, '.');
}

/** `server+scheme:…`: still a URI (RFC 3986 §3.1 allows `+` in a scheme). */
export function joinUri(server: string, uri: string): string {
  return `${server}+${uri}`;
}

export function splitUri(qualified: string): { readonly server: string; readonly uri: string } | undefined {
  const found = split(qualified, '+');
  return found && { server: found.server, uri: found.name };
}

function split(qualified: string, separator: string): Qualified | undefined {
  const at = qualified.indexOf(separator);
  if (at <= 0 || at === qualified.length - 1) return undefined;
  const server = qualified.slice(0, at);
  return SERVER_ID.test(server) ? { server, name: qualified.slice(at + 1) } : undefined;
}
