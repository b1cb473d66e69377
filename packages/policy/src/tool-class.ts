/** How much a call can change (XR-TOOL-1). */
export type ToolClass = 'read_only' | 'sensitive' | 'destructive';
/** Tier of the rate limits (XR-RATE-1). */
export type RateTier = 'standard' | 'strict' | 'critical';

export interface ToolClassQuery {
  /** The class `ward.yaml` gives the tool. */
  readonly configured?: ToolClass | undefined;
  /** The tool's own hints (MCP §ToolAnnotations). */
  readonly annotations?: { readonly readOnlyHint?: unknown; readonly destructiveHint?: unknown } | undefined;
  /** Whether a person reviewed the definition that holds these hints. */
  readonly pinned: boolean;
}

export interface Classification {
  readonly class: ToolClass;
  /** Whether the default policies ask a person. */
  readonly requiresConfirmation: boolean;
  readonly tier: RateTier;
}

const TIERS: Readonly<Record<ToolClass, RateTier>> = {
  read_only: 'standard',
  sensitive: 'strict',
  destructive: 'critical',
};

/**
 * The class of a tool: what the operator configured; else the hints of a pinned definition, because "clients should never
 * make tool use decisions based on annotations received from untrusted servers" (MCP §ToolAnnotations); else sensitive.
 * A hint can only be believed word for word: `readOnlyHint: true` with `destructiveHint: true` counts as destructive.
 */
export function toolClass(query: ToolClassQuery): ToolClass {
  if (query.configured !== undefined) return query.configured;
  if (!query.pinned || query.annotations === undefined) return 'sensitive';
  if (query.annotations.destructiveHint === true) return 'destructive';
  return query.annotations.readOnlyHint === true ? 'read_only' : 'sensitive';
}

/** The class with what follows from it. */
export function classify(query: ToolClassQuery): Classification {
  const value = toolClass(query);
  return { class: value, requiresConfirmation: value !== 'read_only', tier: TIERS[value] };
}

export function rateTier(value: ToolClass): RateTier {
  return TIERS[value];
}
