import { Command } from 'commander';
import type { Context } from './context.ts';
import { defineAccess } from './definitions/access.ts';
import { defineAudit } from './definitions/audit.ts';
import { defineKeys } from './definitions/keys.ts';
import { defineLogin } from './definitions/login.ts';
import { defineRoles } from './definitions/roles.ts';
import { defineRunning } from './definitions/running.ts';
import { defineTools } from './definitions/tools.ts';
import { defineWallet } from './definitions/wallet.ts';
import type { ExitCode } from './exit-code.ts';
import type { GlobalOptions, Surroundings } from './run.ts';
import { VERSION } from './version.ts';

/** Attaches a command's code, which is loaded only when it runs: `ward --help` loads none of it. */
export type Bind = <Options>(command: Command, load: Load<Options>) => Command;

type Load<Options> = () => Promise<
  (context: Context, options: Options, ...args: string[]) => Promise<ExitCode> | ExitCode
>;

const EXAMPLES = `
Examples:
  ward up                                          start; creates ./.ward at first
  ward call everything.echo '{"message":"hi"}'     one protected call, with its receipt
  ward approvals list                              calls that wait for a person
  ward audit export --receipt ID > r.json          a receipt for someone else
  ward verify r.json                               which they verify with nothing of ours running

Exit codes: 0 ok, 1 failed, 2 usage, 3 denied, 4 verification failed, 5 unavailable.
Errors go to stderr as code, message, hint and correlation id; with --json as one JSON object.
`;

/** The command tree. Definitions are cheap; see {@link Bind}. */
export function createProgram(
  contextOf: (options: GlobalOptions) => Context,
  ended: (exit: ExitCode) => void,
  surroundings: Pick<Surroundings, 'stdout' | 'stderr'>,
): Command {
  const program = new Command('ward')
    .description('Wardmesh: the trust layer between AI agents and everything they can touch.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--home <dir>', 'home of the gateway (default: WARD_HOME, else ./.ward)')
    .option('--json', 'machine-readable output and errors')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand('help [command]', 'explain a command')
    .showSuggestionAfterError(true)
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void surroundings.stdout.write(text),
      // Errors are printed once, in our own form, by run(); what arrives here otherwise is help.
      writeErr: (text) => void surroundings.stderr.write(text),
      outputError: () => {},
    });
  const bind: Bind = <Options>(command: Command, load: Load<Options>) =>
    command.action(async (...received: unknown[]) => {
      const self = received.at(-1) as Command;
      const context = contextOf(self.optsWithGlobals<GlobalOptions>());
      const args = received.slice(0, -2).flat() as string[];
      const options: unknown = self.opts();
      ended(await (await load())(context, options as Options, ...args));
    });
  defineRunning(program, bind);
  defineTools(program, bind);
  defineAccess(program, bind);
  defineRoles(program, bind);
  defineLogin(program, bind);
  defineWallet(program, bind);
  defineKeys(program, bind);
  defineAudit(program, bind);
  return program;
}
