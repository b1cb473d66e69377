import { once } from 'node:events';
import { Bridge } from '../bridge/bridge.ts';
import type { Context, TextSink } from '../context.ts';
import { type EndpointOptions, findEndpoint } from '../endpoint/endpoint.ts';
import { GatewayHttp } from '../endpoint/http.ts';
import { readToken, tokenPath } from '../endpoint/token.ts';
import { cliError, usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { MAX_LINE_BYTES } from '../limits.ts';
import { visible } from '../output/visible.ts';
import { readLines } from '../read-lines.ts';

interface Options extends EndpointOptions {
  readonly server?: string;
}

export async function connect(context: Context, options: Options): Promise<ExitCode> {
  if (options.server !== undefined && !/^[a-z][a-z0-9-]{0,31}$/.test(options.server)) {
    throw usage('--server takes the id of a server', 'ward servers list shows them.');
  }
  // A gateway may start later; a missing token will not come by itself.
  await readToken(tokenPath(context, options));
  const bridge = new Bridge({
    path: options.server === undefined ? '/mcp' : `/servers/${options.server}/mcp`,
    connect: async () => new GatewayHttp(await findEndpoint(context, options)),
    write: (line) => writeLine(context.stdout, line),
    log: (text) => void context.stderr.write(`ward connect: ${visible(text)}\n`),
  });
  const stop = (): void => void bridge.close().then(() => process.exit(EXIT.ok));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await bridge.run(readLines(context.stdin, MAX_LINE_BYTES));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw cliError('INPUT_INVALID', `the client sent a line of more than ${MAX_LINE_BYTES} bytes`);
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
    await bridge.close();
  }
  return EXIT.ok;
}

/** Waits where the client reads slowly, so that a flood stays in the gateway's socket and not in memory. */
async function writeLine(stdout: TextSink, line: string): Promise<void> {
  if (stdout.write(`${line}\n`) === false && 'once' in stdout) await once(stdout as NodeJS.WriteStream, 'drain');
}
