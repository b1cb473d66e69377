/** Revisions of the Model Context Protocol that are spoken, oldest first. */
export const REVISIONS = ['2025-06-18', '2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** Revisions a peer may still ask for in `initialize`; it is answered with {@link NEWEST_SESSION_REVISION}. */
export const NEGOTIABLE_AWAY = ['2024-11-05', '2025-03-26'] as const;
/** What `initialize` is answered with where the client asks for a revision that is not spoken. */
export const NEWEST_SESSION_REVISION = '2025-11-25' satisfies Revision;

/** `session`: `initialize` opens it and server-to-client requests exist. `stateless`: each request stands alone. */
export type Era = 'session' | 'stateless';

export function isRevision(text: string): text is Revision {
  return (REVISIONS as readonly string[]).includes(text);
}

export function eraOf(revision: Revision): Era {
  return revision === '2026-07-28' ? 'stateless' : 'session';
}

/**
 * The revision an `initialize` that asks for `requested` is answered with (MCP 2025-11-25 §Lifecycle, version
 * negotiation): the same where it is a spoken session revision, else the newest session revision.
 */
export function negotiate(requested: string): Revision {
  return isRevision(requested) && eraOf(requested) === 'session' ? requested : NEWEST_SESSION_REVISION;
}

/** Keys of `params._meta` in the stateless era (MCP 2026-07-28 §Base protocol, request metadata). */
export const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const META_CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const META_CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
export const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
export const META_SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';
