import { z } from 'zod';
import { headerName, isLoopback } from './scalars.ts';
import { secretRef, secretTemplate } from './secret-ref.ts';

export const log = z.strictObject({
  level: z
    .enum(['debug', 'info', 'warn'], { error: 'must be one of: debug, info, warn' })
    .describe('debug adds a line for each call; warn leaves out what is routine. Security events are always told.'),
});

export const traces = z
  .strictObject({
    endpoint: z
      .string()
      .max(2_048)
      .superRefine((text, context) => {
        const problem = endpointProblem(text);
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
      })
      .describe('Address of the collector for traces: OTLP over HTTP with JSON, such as https://host:4318/v1/traces.'),
    headers: z
      .record(
        headerName,
        z.strictObject(
          { from: secretRef, template: secretTemplate },
          { error: 'must be {from: …}: a header value is a secret' },
        ),
      )
      .prefault({})
      .describe('Headers sent to the collector, by reference.'),
    sample: z
      .number()
      .min(0)
      .max(1)
      .prefault(1)
      .describe('Share of the calls that are traced where the client does not say; what it says is followed.'),
  })
  .describe('Spans of calls, sent to a collector (W3C Trace Context). Without this section none are made.');

function endpointProblem(text: string): string | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:'))
    return 'must be an https:// address';
  if (parsed.username !== '' || parsed.password !== '') return 'must not carry a name or password; use headers';
  if (parsed.search !== '' || parsed.hash !== '') return 'must not carry a query or fragment; use headers';
  if (parsed.protocol === 'http:' && !isLoopback(parsed.hostname))
    return 'must be https; plain http only to this machine itself';
  return undefined;
}

export type TraceSettings = z.output<typeof traces>;
