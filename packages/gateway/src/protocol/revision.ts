/** Protocol revisions spoken on both sides; older ones are negotiated away. */
export const SESSION_REVISIONS = ['2025-06-18', '2025-11-25'] as const;
export const STATELESS_REVISIONS = ['2026-07-28'] as const;
export const REVISIONS = [...SESSION_REVISIONS, ...STATELESS_REVISIONS] as const;

export type Revision = (typeof REVISIONS)[number];
/** `session`: initialize and Mcp-Session-Id. `stateless`: everything rides in each request (2026-07-28). */
export type Era = 'session' | 'stateless';

export const LATEST_SESSION: Revision = '2025-11-25';
export const LATEST_STATELESS: Revision = '2026-07-28';

export function eraOf(revision: Revision): Era {
  return revision === '2026-07-28' ? 'stateless' : 'session';
}

export function isRevision(text: unknown): text is Revision {
  return typeof text === 'string' && (REVISIONS as readonly string[]).includes(text);
}

/** `_meta` keys of the stateless era (2026-07-28 §basic). */
export const META_PROTOCOL_VERSION = 'io.modelcontextprotocol/protocolVersion';
export const META_CLIENT_CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
export const META_CLIENT_INFO = 'io.modelcontextprotocol/clientInfo';
export const META_LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
