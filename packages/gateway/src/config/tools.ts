import { z } from 'zod';
import { MAX_TOOLS } from './limits.ts';
import { line } from './scalars.ts';

export const LABELS = ['untrusted', 'private'] as const;

const label = z.enum(LABELS, { error: `must be one of: ${LABELS.join(', ')}` });

/** Information-flow labels of results. */
export const labels = z.array(label).max(LABELS.length).describe('Labels that results carry: untrusted, private.');

const toolClass = z.enum(['read_only', 'sensitive', 'destructive'], {
  error: 'must be one of: read_only, sensitive, destructive',
});

/** One check of an argument beyond the schema of the tool (XR-VAL-5, business and cryptographic layer). */
const check = z
  .strictObject({
    is: line(64).exactOptional().describe('A named check of the guard, such as xrpl-address or evm-address.'),
    pattern: line(512)
      .exactOptional()
      .describe('Regular expression (ECMAScript, unicode) that the whole text must match.'),
    minimum: z.number().exactOptional().describe('Smallest number.'),
    maximum: z.number().exactOptional().describe('Largest number.'),
    maxLength: z.int().min(0).exactOptional().describe('Longest text, UTF-16 units.'),
    oneOf: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .max(256)
      .exactOptional()
      .describe('Allowed values.'),
  })
  .refine((value) => Object.keys(value).length > 0, { error: 'must state at least one check' });

const pointer = z
  .string()
  .regex(/^(\/([^~/]|~[01])*){1,16}$/, { error: 'must be a JSON pointer such as /path or /items/0' });

/** What the operator says of one tool; what is left out comes from the pinned tool's annotations, else *sensitive*. */
export const toolSettings = z
  .strictObject({
    class: toolClass
      .exactOptional()
      .describe('Risk class. Default: from the annotations of the pinned tool, else sensitive.'),
    outward: z
      .boolean()
      .exactOptional()
      .describe('Whether a call can carry data out. Default: from the annotations, else true.'),
    labels: labels.exactOptional().describe("Labels of this tool's results; in place of the server's."),
    checks: z.record(pointer, check).exactOptional().describe('Checks of arguments by JSON pointer, after the schema.'),
    tier: z
      .enum(['standard', 'strict', 'critical'], { error: 'must be one of: standard, strict, critical' })
      .exactOptional()
      .describe('Rate tier. Default: by class.'),
  })
  .describe('Settings of one tool.');

export const toolMap = z
  .record(line(128), toolSettings)
  .refine((map) => Object.keys(map).length <= MAX_TOOLS, { error: `must name at most ${MAX_TOOLS} tools` })
  .prefault({})
  .describe('Tools by their name.');

export type Label = (typeof LABELS)[number];
export type ToolClass = z.output<typeof toolClass>;
export type ArgumentCheck = z.output<typeof check>;
export type ToolSettings = z.output<typeof toolSettings>;
