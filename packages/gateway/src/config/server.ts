import { z } from 'zod';
import { duration, headerName, hostPattern, isLoopback, line, looksSecret, path, size } from './scalars.ts';
import { secretRef, secretTemplate } from './secret-ref.ts';
import { labels, toolMap } from './tools.ts';

const SECRET_NAME =
  /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|PRIVATE_?KEY|CREDENTIALS?|MNEMONIC|SEED)(_|$)/i;

/** Settings both kinds of server share. */
const common = {
  timeout: duration('1s', '10m').exactOptional().describe('Time limit of one call. Default: limits.timeout.'),
  labels: labels.prefault(['untrusted']).describe('Labels of every result, unless a tool says otherwise.'),
  asks: z
    .array(z.enum(['sampling', 'elicitation', 'roots'], { error: 'must be one of: sampling, elicitation, roots' }))
    .max(3)
    .prefault(['elicitation', 'roots'])
    .describe(
      "What the server may ask of the client. Sampling spends the client's model on the server's words: off by default.",
    ),
  pins: z
    .enum(['review', 'trust-on-first-use'], { error: 'must be review or trust-on-first-use' })
    .prefault('review')
    .describe('How tools become trusted at first sight: by `ward servers pin`, or unseen.'),
  era: z
    .enum(['auto', 'session', 'stateless'], { error: 'must be one of: auto, session, stateless' })
    .prefault('auto')
    .describe('Protocol era spoken with the server; auto finds out.'),
  tools: toolMap,
};

const egressRule = z.strictObject({
  host: hostPattern.describe('Host name, *.name or address the server may reach.'),
  port: z.int().min(1).max(65_535).prefault(443),
  secrets: z
    .array(z.strictObject({ header: headerName, template: secretTemplate, from: secretRef }))
    .max(8)
    .prefault([])
    .describe('Headers the egress proxy adds, so that the server itself never holds the secret.'),
});

const environmentValue = z
  .union([line(8_192), z.strictObject({ from: secretRef, template: secretTemplate })], {
    error: 'must be a text or {from: …}',
  })
  .refine((value) => typeof value !== 'string' || !looksSecret(value), {
    error: 'looks like a secret; write {from: {file: PATH}} in its place',
  });

const environment = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: 'must be the name of an environment variable' }),
    environmentValue,
  )
  .superRefine((map, context) => {
    for (const [name, value] of Object.entries(map)) {
      if (typeof value !== 'string' || !SECRET_NAME.test(name)) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: 'is named like a secret; write {from: {file: PATH}} in its place',
      });
    }
  });

const argument = z
  .string()
  .max(8_192)
  .refine((text) => !looksSecret(text), { error: 'looks like a secret; pass it by env or by an egress header' })
  .refine((text) => !text.includes('\u0000'), { error: 'must not hold a NUL' });

export const stdioServer = z
  .strictObject({
    command: path.exactOptional().describe('Program to run: a path, or a name looked up in PATH.'),
    package: line(214)
      .regex(/^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/, { error: 'must be the name of an npm package' })
      .exactOptional()
      .describe('Installed npm package whose command is run by our own Node, in the place of `command`.'),
    args: z.array(argument).max(128).prefault([]).describe('Arguments.'),
    cwd: path.exactOptional().describe('Working folder inside the sandbox; it must be granted by read or write.'),
    env: environment.prefault({}).describe('Environment; nothing else is inherited.'),
    sandbox: z
      .enum(['bubblewrap', 'none'], { error: 'must be bubblewrap or none' })
      .prefault('bubblewrap')
      .describe('`none` runs the server uncontained, and every receipt says so.'),
    read: z.array(path).max(64).prefault([]).describe('Folders and files the server may read.'),
    write: z.array(path).max(64).prefault([]).describe('Folders and files the server may read and write.'),
    network: z
      .union([z.literal('none'), z.array(egressRule).min(1).max(64)], {
        error: 'must be none or a list of egress rules',
      })
      .prefault('none')
      .describe('What the server may reach, through the egress proxy only.'),
    signer: z
      .boolean()
      .prefault(false)
      .describe(
        'Whether the server may ask the signer of this home: it is given its agent socket and the name of the asking agent, and may name transactions in receipts. Only for wallet servers you trust to speak for your agents; needs the sandbox.',
      ),
    memory: size('32MiB', '64GiB').prefault('512MiB').describe('Memory of the whole sandbox.'),
    perOperation: size('1MiB', '64GiB').prefault('50MiB').describe('Memory one call may add (XR-EXEC-2).'),
    processes: z.int().min(16).max(4_096).prefault(64).describe('Processes and threads at once.'),
    cpuSeconds: z.int().min(1).max(31_536_000).prefault(3_600).describe('Processor time of one process over its life.'),
    openFiles: z.int().min(32).max(65_536).prefault(1_024).describe('Open files of one process.'),
    fileSize: size('1KiB', '1024GiB').prefault('256MiB').describe('Largest file a process may write.'),
    shared: z
      .boolean()
      .prefault(false)
      .describe('One process for all agents. Only for servers that keep no state of a session.'),
    idle: duration('1s', '7d').prefault('10m').describe('A process without work this long is ended.'),
    startTimeout: duration('1s', '5m').prefault('30s').describe('Time to start and shake hands.'),
    ...common,
  })
  .refine((server) => (server.command === undefined) !== (server.package === undefined), {
    error: 'must have either command or package',
  })
  .refine((server) => !server.signer || server.sandbox === 'bubblewrap', {
    // Uncontained it could reach the operator's socket as well.
    error: 'must not be signer: true with sandbox: none',
    path: ['signer'],
  })
  .describe('A server started by the gateway, in its own sandbox, spoken to over stdio.');

const url = z
  .string()
  .max(2_048)
  .superRefine((text, context) => {
    const problem = urlProblem(text);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

function urlProblem(text: string): string | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:'))
    return 'must be an https:// address';
  if (parsed.username !== '' || parsed.password !== '') return 'must not carry a name or password; use headers';
  if (parsed.hash !== '') return 'must not carry a fragment';
  if (looksSecret(parsed.search)) return 'must not carry a secret; use headers';
  return undefined;
}

const oauth = z
  .strictObject({
    clientId: line(2_048)
      .exactOptional()
      .describe('Client registered there by hand. Without it the gateway registers itself (RFC 7591).'),
    clientSecret: z
      .strictObject({ from: secretRef }, { error: 'must be {from: …}' })
      .exactOptional()
      .describe('Secret of that client, by reference.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, { error: 'must be an OAuth scope' }))
      .max(64)
      .exactOptional()
      .describe('What is asked for, in the place of all that the server says it has.'),
    issuer: url.exactOptional().describe('The only authorisation server that is taken, whatever the server names.'),
  })
  .refine((settings) => settings.clientSecret === undefined || settings.clientId !== undefined, {
    error: 'must have clientId with clientSecret',
  })
  .describe('OAuth 2.1: `ward servers login ID` signs in; the tokens are kept sealed in the home.');

export const remoteServer = z
  .strictObject({
    url: url.describe('Address of the server, https.'),
    transport: z
      .enum(['auto', 'streamable-http', 'sse'], { error: 'must be one of: auto, streamable-http, sse' })
      .prefault('auto'),
    headers: z
      .record(
        headerName,
        z.strictObject(
          { from: secretRef, template: secretTemplate },
          { error: 'must be {from: …}: a header value is a secret' },
        ),
      )
      .prefault({})
      .describe('Headers sent with each request, by reference.'),
    auth: z
      .strictObject({ oauth })
      .exactOptional()
      .describe('How the gateway signs in to the server; no token of a client is ever sent there.'),
    ca: path
      .exactOptional()
      .describe('PEM file of the authorities to trust for this server, in the place of the usual ones.'),
    insecureLoopback: z.boolean().prefault(false).describe('Allows http:// to this machine itself.'),
    ...common,
  })
  .superRefine((server, context) => {
    if (server.auth !== undefined && Object.keys(server.headers).some((name) => /^authorization$/i.test(name))) {
      context.addIssue({ code: 'custom', path: ['headers'], message: 'must not hold authorization beside auth' });
    }
    const parsed = URL.parse(server.url);
    if (parsed?.protocol !== 'http:') return;
    if (server.insecureLoopback && isLoopback(parsed.hostname)) return;
    context.addIssue({
      code: 'custom',
      path: ['url'],
      message: 'must be https; plain http only to this machine, with insecureLoopback: true',
    });
  })
  .describe('A server reached over HTTP.');

export const serverSettings = z.union([stdioServer, remoteServer]);

export type EgressRule = z.output<typeof egressRule>;
export type StdioServer = z.output<typeof stdioServer>;
export type RemoteServer = z.output<typeof remoteServer>;
export type ServerSettings = z.output<typeof serverSettings>;

export function isRemote(server: ServerSettings): server is RemoteServer {
  return 'url' in server;
}

/** Whether a server may ask the signer, and is believed on which transaction a call made. */
export function holdsSigner(server: ServerSettings): boolean {
  return !isRemote(server) && server.signer;
}
