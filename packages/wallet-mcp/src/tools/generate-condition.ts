import { generateCondition as make } from '@wardmesh/wallet';
import { z } from 'zod';
import { COMPUTES, defineTool } from '../tool.ts';

export const generateCondition = defineTool({
  name: 'generate_condition',
  title: 'Make an escrow condition',
  description:
    'A fresh PREIMAGE-SHA-256 condition. Put condition into escrow_create. Whoever has fulfillment can finish the escrow: keep it, and give it to nobody but who is to be paid, when they are to be. It is not stored here.',
  annotations: { ...COMPUTES, idempotentHint: false },
  input: z.strictObject({}),
  output: z.strictObject({ type: z.literal('PREIMAGE-SHA-256'), condition: z.string(), fulfillment: z.string() }),
  async run(_args, call) {
    return { value: { type: 'PREIMAGE-SHA-256' as const, ...make(call.random) } };
  },
});
