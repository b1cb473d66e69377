/**
 * Scopes of the MCP endpoints. They only narrow: what a person may do is decided by roles and policy, and a client gets
 * of that what the person let it have.
 */
export const SCOPE_READ = 'mcp:read';
export const SCOPE_CALL = 'mcp:call';
/** Scope of the HTTP API, for the command line. */
export const SCOPE_API = 'api';

export const MCP_SCOPES = [SCOPE_READ, SCOPE_CALL] as const;

/** What a person reads on the page of consent. */
export const SCOPE_TEXTS: Readonly<Record<string, string>> = {
  [SCOPE_READ]: 'See tools, resources and prompts, and use tools that change nothing',
  [SCOPE_CALL]: 'Use tools that change something, as far as your roles and the policies allow',
  [SCOPE_API]: 'Act for you as the console does: see activity and receipts, decide approvals',
};

/** Which scopes an operation needs, all of them, so that one step-up is enough (MCP authorisation, step-up flow). */
export function scopesFor(toolClass: 'read_only' | 'sensitive' | 'destructive' | undefined): readonly string[] {
  return toolClass === undefined || toolClass === 'read_only' ? [SCOPE_READ] : [SCOPE_READ, SCOPE_CALL];
}

/** Whether a token's scopes allow an operation; `mcp:call` includes reading. */
export function covers(granted: readonly string[], needed: readonly string[]): boolean {
  return needed.every((scope) => granted.includes(scope) || (scope === SCOPE_READ && granted.includes(SCOPE_CALL)));
}
