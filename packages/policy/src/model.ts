import type { JsonObject } from '@wardmesh/core';
import type { ToolClass } from './tool-class.ts';

/** What the gateway fronts, as far as policies speak of it. */
export interface Catalogue {
  readonly servers: readonly CatalogueServer[];
  /** Roles that agents can hold; policies may only name these. `agent` always exists. */
  readonly roles?: readonly string[];
}

export interface CatalogueServer {
  readonly id: string;
  readonly tools: readonly CatalogueTool[];
}

export interface CatalogueTool {
  readonly name: string;
  /** The pinned input schema; its simple top-level members are what policies can read. */
  readonly inputSchema: JsonObject;
}

export const ACTIONS = ['call', 'read_resource', 'get_prompt', 'complete', 'list'] as const;
export type Action = (typeof ACTIONS)[number];

export type Resource =
  | {
      readonly kind: 'tool';
      readonly server: string;
      readonly name: string;
      readonly class: ToolClass;
      readonly outward: boolean;
      readonly labels: readonly string[];
      /** Not reviewed, or drifted from what was reviewed. */
      readonly quarantined: boolean;
      /** Of a server that may ask the signer, which decides what it signs. Default false. */
      readonly signer?: boolean;
    }
  | { readonly kind: 'resource'; readonly server: string; readonly uri: string }
  | { readonly kind: 'prompt'; readonly server: string; readonly name: string };

export interface Principal {
  /** CAIP-10 account or client id. */
  readonly id: string;
  readonly roles: readonly string[];
}

export interface PolicyQuery {
  readonly principal: Principal;
  readonly action: Action;
  readonly resource: Resource;
  /** Arguments that the pinned schema accepted. */
  readonly arguments?: JsonObject;
  /** Labels of what the session has read. */
  readonly labels?: readonly string[];
  /** The verdict of the information-flow rule. Default `ok`. */
  readonly flow?: 'ok' | 'confirm' | 'deny';
  /** Whether the server runs contained. */
  readonly sandboxed: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Whole units of the budget that this call draws on. */
  readonly budget?: { readonly limit: number; readonly used: number; readonly left: number };
}

export type Effect = 'allow' | 'confirm' | 'deny';

export interface Decision {
  readonly effect: Effect;
  /** How many distinct people must approve; only with `confirm`. */
  readonly quorum?: number;
  /** Ids of the policies that decided, sorted: `@id`, else `file:n`. Empty where nothing matched. */
  readonly rules: readonly string[];
  /** Hash of the policies. */
  readonly version: string;
  /** Sentences for the operator; no argument values. */
  readonly reasons: readonly string[];
}

export interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export interface PolicyProblem {
  readonly file: string;
  /** From 1; 0 where the problem has no place. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string;
}
