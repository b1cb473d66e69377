import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Gateway } from '@wardmesh/gateway';
import type { Context } from '../context.ts';
import { shippedPins } from '../defaults/shipped-pins.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { type HomePaths, homePaths } from '../home-paths.ts';
import { initialise } from '../init/initialise.ts';
import { snippets } from '../init/snippets.ts';
import { logLine } from '../output/log-lines.ts';
import { note } from '../output/print.ts';
import { Progress } from '../output/progress.ts';
import { processState } from '../process-lines.ts';
import { recoveryLines } from '../recovery-lines.ts';
import { besideGateway } from '../up/beside.ts';
import type { SignerWallets } from '../up/wallets-port.ts';

interface Options {
  readonly port?: string;
}

export async function up(context: Context, options: Options = {}): Promise<ExitCode> {
  const port = options.port === undefined ? undefined : parsePort(options.port);
  const paths = homePaths(context.home);
  if (!existsSync(paths.config) || !existsSync(paths.operatorKey)) {
    // Serving is what was asked for: no question stands in its way, and doctor warns of the unsealed key.
    await initialise(context, { passphrase: false });
    note(context, `made a home in ${paths.home}`);
  }
  const { operatorLog, startGateway } = await import('@wardmesh/gateway');
  const wallets = await walletsOf(context, paths);
  const stopped = new Stop(context);
  const gateway = await startGateway({
    home: context.home,
    ...(port !== undefined && { port }),
    packagesFrom: [fileURLToPath(import.meta.url)],
    shippedPins: await shippedPins(),
    ...(await consoleOf(context)),
    ...(wallets && { wallets }),
    clock: context.clock,
    trace: context.env.WARD_TRACE_LAYERS === '1',
    random: context.random,
    beside: besideGateway({
      clock: context.clock,
      random: context.random,
      loadSigner: async () => (await import('@wardmesh/signer')).startSigner,
    }),
    // JSON lines for collectors; on a terminal, lines for people.
    ...(context.stderr.isTTY === true &&
      !context.json && { log: operatorLog({ nodeId: '', destination: lines(context) }) }),
  });
  // One call's stray failure must not end the others; it denies its own call and is told here.
  process.on('unhandledRejection', (error) => gateway.services.log.fault('unhandled', error));
  announce(context, gateway);
  await stopped.requested;
  const progress = new Progress(context);
  note(context, 'stopping; calls in flight may finish (interrupt again to stop at once)');
  await gateway.stop((left) => progress.update(`${left} calls left`));
  await wallets?.close();
  progress.clear();
  note(context, 'stopped');
  return EXIT.ok;
}

/** The signer for the console, where this home wants one. @throws CodedError of configuration */
async function walletsOf(
  context: Context,
  { config, signerOperatorSocket }: HomePaths,
): Promise<SignerWallets | undefined> {
  const { assertConfig, wantsSigner } = await import('@wardmesh/gateway/config');
  if (!wantsSigner(assertConfig(config))) return undefined;
  const { SignerWallets } = await import('../up/wallets-port.ts');
  const { LedgerBalances } = await import('../up/balances.ts');
  return new SignerWallets(signerOperatorSocket, new LedgerBalances(context));
}

/** The console's files; where they cannot be built, everything else is served and the reason told. */
async function consoleOf(context: Context): Promise<{ consoleFolder?: string }> {
  try {
    const { buildConsole } = await import('@wardmesh/console');
    const { folder, built } = await buildConsole();
    if (built) note(context, 'built the console');
    return { consoleFolder: folder };
  } catch (error) {
    note(context, `the console is not served: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw usage('--port takes a number from 1 to 65535');
  return port;
}

function lines(context: Context): { write(record: string): void } {
  return { write: (record) => void context.stderr.write(`${logLine(record)}\n`) };
}

/** SIGINT and SIGTERM: the first asks, the second does not. */
class Stop {
  readonly requested: Promise<void>;

  constructor(context: Context) {
    this.requested = new Promise((resolve) => {
      let asked = false;
      const onSignal = (): void => {
        if (asked) {
          note(context, 'stopped at once; the next start closes what was interrupted');
          process.exit(EXIT.failed);
        }
        asked = true;
        resolve();
      };
      process.on('SIGINT', onSignal);
      process.on('SIGTERM', onSignal);
    });
  }
}

/** What an operator should know before anything else. */
function findings(gateway: Gateway): string[] {
  const lines = recoveryLines(gateway.home.recovery);
  const problem = gateway.policyProblem;
  if (problem !== undefined) lines.push(`the policies are refused, so nothing is permitted: ${problem.message}`);
  else if (gateway.services.policy().policies.length === 0) {
    lines.push(
      `there is no policy in ${gateway.config.policies}, so nothing is permitted: ward init writes the default`,
    );
  }
  for (const process of gateway.beside.status()) {
    if (process.state === 'running') continue;
    const consequence = process.name === 'signer' ? '; nothing is signed, and the other servers are served' : '';
    lines.push(`${process.name}: ${processState(process)}${consequence}`);
    if (process.error?.hint !== undefined) lines.push(process.error.hint);
  }
  for (const { id, book, settings } of gateway.catalogue.servers()) {
    if (book !== undefined || settings.pins === 'trust-on-first-use') continue;
    lines.push(
      `${id} was never reviewed, so none of its tools runs: ward servers diff ${id}, then ward servers pin ${id}`,
    );
  }
  return lines;
}

/** The one line for programs; for people, where it is and how to use it. */
function announce(context: Context, gateway: Gateway): void {
  const paths = homePaths(context.home);
  const tokenFile = paths.tokenFile('local');
  for (const line of findings(gateway)) note(context, line);
  if (context.json) {
    const ready = {
      event: 'ready',
      url: gateway.url,
      ca: gateway.tls?.caFile ?? null,
      pin: gateway.tls?.pin ?? null,
      home: paths.home,
      token_file: tokenFile,
      recovery: gateway.home.recovery,
      processes: gateway.beside.status(),
    };
    context.stdout.write(`${JSON.stringify(ready)}\n`);
    return;
  }
  const ward = context.ward;
  context.stdout.write(
    [
      `ready at ${gateway.url}`,
      ...(gateway.consolePath === undefined ? [] : [`  console   ${gateway.url}${gateway.consolePath}`]),
      gateway.tls === undefined
        ? '  plain HTTP, for this machine only (listen.insecureLoopback)'
        : `  authority ${gateway.tls.caFile}\n  pin       ${gateway.tls.pin}`,
      `  token     ${tokenFile}`,
      ...besideLines(gateway),
      '',
      'Try it:',
      `  ${ward} call everything.echo '{"message":"hi"}'`,
      ...(isRunning(gateway, 'signer') ? [`  ${ward} wallet create`] : []),
      '',
      ...snippets(ward, paths.home).flatMap((snippet) => [`${snippet.client} (${snippet.file}):`, `  ${snippet.text}`]),
      '',
      '',
    ].join('\n'),
  );
}

function isRunning(gateway: Gateway, name: string): boolean {
  return gateway.beside.status().some((process) => process.name === name && process.state === 'running');
}

/** What runs beside the gateway, and what it is good for. */
function besideLines(gateway: Gateway): string[] {
  return gateway.beside.status().flatMap((process) => {
    if (process.state !== 'running') return [];
    if (process.name === 'signer')
      return [`  signer    process ${process.pid}, contained; it holds the keys and decides`];
    return [`  ledger    ${process.address}, network local: play money, 1,000 XRP for the asking`];
  });
}
