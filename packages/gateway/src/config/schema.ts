import { z } from 'zod';
import { MAX_SERVERS } from './limits.ts';
import { duration, host, isLoopback, path, size } from './scalars.ts';
import { serverSettings } from './server.ts';
import { signIn } from './sign-in.ts';
import { log, traces } from './telemetry.ts';
import { wallet } from './wallet.ts';

const origin = z
  .url({ protocol: /^https?$/, error: 'must be an origin such as https://app.example.com' })
  .regex(/^https?:\/\/[^/?#@]+$/, { error: 'must be an origin: scheme, host and port only' });

const listen = z
  .strictObject({
    host: host.prefault('127.0.0.1').describe('Address to listen on.'),
    port: z.int().min(0).max(65_535).prefault(7443).describe('Port; 0 takes any free one.'),
    allowedHosts: z
      .array(host)
      .max(64)
      .prefault([])
      .describe('Further names clients use for this gateway: accepted in Host, and written into its certificate.'),
    allowedOrigins: z
      .array(origin)
      .max(64)
      .prefault([])
      .describe('Origins of web pages that may call; none by default.'),
    publicUrl: origin
      .refine((url) => url.startsWith('https:') && new URL(url).origin === url, { error: 'must be an https origin' })
      .exactOptional()
      .describe(
        'Where clients reach the gateway, where that is not this address: the name under which people sign in.',
      ),
    insecureLoopback: z
      .boolean()
      .prefault(false)
      .describe('Serves plain HTTP instead of TLS. Only on an address of this machine itself (CM-TLS-1).'),
  })
  .superRefine((value, context) => {
    if (!value.insecureLoopback || isLoopback(value.host)) return;
    context.addIssue({
      code: 'custom',
      path: ['insecureLoopback'],
      message: 'must be false: plain HTTP is served only on 127.0.0.1, ::1 or localhost',
    });
  })
  .prefault({});

/** Output is the `RateTier` of the limits package: its window is in whole seconds, unlike every other duration here. */
const tier = (requests: number, window: string, burst: number) =>
  z
    .strictObject({
      requests: z.int().min(1).max(1_000_000).prefault(requests).describe('Calls in each window.'),
      window: duration('1s', '1d')
        .refine((milliseconds) => milliseconds % 1_000 === 0, { error: 'must be whole seconds' })
        .transform((milliseconds) => milliseconds / 1_000)
        .prefault(window)
        .describe('Length of the window, whole seconds.'),
      burst: z.int().min(0).max(1_000_000).prefault(burst).describe('Calls beyond, at once.'),
    })
    .prefault({});

const limits = z
  .strictObject({
    tiers: z
      .strictObject({ standard: tier(100, '60s', 10), strict: tier(20, '60s', 2), critical: tier(5, '300s', 0) })
      .prefault({})
      .describe('Rate tiers of each agent (XR-RATE-1).'),
    concurrency: z.int().min(1).max(1_000).prefault(10).describe('Calls of one agent at once (XR-EXEC-3).'),
    queue: z
      .int()
      .min(0)
      .max(10_000)
      .prefault(0)
      .describe('Calls of one agent that may wait for a place; 0 refuses at once.'),
    timeout: duration('1s', '10m').prefault('30s').describe('Time limit of one call (XR-EXEC-1).'),
    requestBytes: size('1KiB', '1MiB').prefault('1MiB').describe('Largest request (XR-EXEC-4); can only be lowered.'),
  })
  .prefault({});

const approvals = z
  .strictObject({
    ttl: duration('10s', '7d').prefault('10m').describe('Time until an unanswered request expires.'),
    quorum: z.int().min(1).max(16).prefault(1).describe('Distinct signers needed.'),
    wait: z
      .enum(['park', 'hold'], { error: 'must be park or hold' })
      .prefault('park')
      .describe(
        'park: answer at once with the approval id. hold: keep the client waiting, with progress notifications.',
      ),
  })
  .prefault({});

const guard = z
  .strictObject({
    screen: z.boolean().prefault(true).describe('Neutralise instruction-like patterns in results and descriptions.'),
    quoteAsData: z.boolean().prefault(false).describe('Wrap text results in a marker that names them as data.'),
    strictArguments: z.boolean().prefault(true).describe('Refuse arguments that the input schema does not name.'),
    strictResults: z
      .boolean()
      .prefault(true)
      .describe('Refuse answers with members that the protocol does not know (CM-CONN-2).'),
  })
  .prefault({});

const flow = z
  .strictObject({
    decision: z
      .enum(['approve', 'deny'], { error: 'must be approve or deny' })
      .prefault('approve')
      .describe('What happens to an outward call after untrusted input and private data met in a session.'),
    carry: duration('1m', '30d')
      .prefault('1h')
      .describe('How long labels follow an agent beyond the session they came from.'),
  })
  .prefault({});

const audit = z
  .strictObject({
    segmentBytes: size('64KiB', '1GiB').prefault('16MiB').describe('Size at which a segment of the log is closed.'),
    retention: duration('1d', '100y').prefault('7y').describe('Age at which closed segments may be pruned.'),
    verifyEvery: duration('1m', '365d').prefault('7d').describe('Interval of the full verification.'),
    backup: z
      .strictObject({
        to: path.describe('Folder for copies, best on another machine.'),
        every: duration('1m', '365d').prefault('24h'),
      })
      .exactOptional()
      .describe('Scheduled copies of the log.'),
  })
  .prefault({});

const serverId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, {
  error: 'must start with a letter and hold lower-case letters, digits and dashes, at most 32',
});

/** The whole of `ward.yaml`. Input: the text's form; output: durations in milliseconds, sizes in bytes, defaults filled in. */
export const wardSchema = z
  .strictObject({
    version: z.literal(1, { error: 'must be 1' }).describe('Version of this format.'),
    listen: listen.describe('Where clients reach the gateway.'),
    servers: z
      .record(serverId, serverSettings)
      .refine((map) => Object.keys(map).length <= MAX_SERVERS, { error: `must name at most ${MAX_SERVERS} servers` })
      .prefault({})
      .describe('MCP servers behind the gateway, by id.'),
    limits: limits.describe('Limits of each agent.'),
    approvals: approvals.describe('Calls that a person decides.'),
    guard: guard.describe('Inspection of arguments and results.'),
    flow: flow.describe('The rule on untrusted input, private data and outward calls.'),
    audit: audit.describe('The log and its receipts.'),
    policies: path.prefault('policies').describe('Folder of Cedar policies.'),
    wallet: wallet.exactOptional(),
    log: log.exactOptional().describe('What the operator’s log tells; always JSON lines where it is no terminal.'),
    traces: traces.exactOptional(),
    signIn: signIn.exactOptional(),
  })
  .describe('Configuration of a Wardmesh gateway. Relative paths start at the folder of this file.');

export type WardConfig = z.output<typeof wardSchema>;
