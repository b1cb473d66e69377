import type { ToolAnnotations } from '@modelcontextprotocol/server';
import type { Network } from '@wardmesh/wallet';
import type { z } from 'zod';
import type { Call } from './call.ts';

/** A transaction that a call signed or sent: named in the answer's `_meta`, for receipts. */
export interface EffectTransaction {
  readonly network: Network;
  readonly hash: string;
}

export interface Outcome<T> {
  readonly value: T;
  readonly transaction?: EffectTransaction;
}

/** All four hints are said: what is left out would be read as the worst. */
export type Annotations = Required<
  Pick<ToolAnnotations, 'readOnlyHint' | 'destructiveHint' | 'idempotentHint' | 'openWorldHint'>
>;

export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For models: what it does, what it does not, what to call next. */
  readonly description: string;
  readonly annotations: Annotations;
  /** Every field, described. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** Takes what `input` let through. Throws coded errors. */
  run(args: unknown, call: Call): Promise<Outcome<unknown>>;
}

/** A tool whose `run` is typed by its schemas. */
export function defineTool<I extends z.ZodObject, O extends z.ZodType>(
  tool: Omit<Tool, 'input' | 'output' | 'run'> & {
    readonly input: I;
    readonly output: O;
    run(args: z.output<I>, call: Call): Promise<Outcome<z.input<NoInfer<O>>>>;
  },
): Tool {
  return tool as unknown as Tool;
}

/** Reads; asks the ledger or the signer. */
export const READS: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};
/** Computes from its arguments alone. */
export const COMPUTES: Annotations = { ...READS, openWorldHint: false };
/** Asks a person for something; nothing happens before they act. */
export const ASKS: Annotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: false,
};
/** May move value for good. */
export const SPENDS: Annotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: false,
  openWorldHint: true,
};
