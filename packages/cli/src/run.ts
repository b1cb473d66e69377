import { CommanderError } from 'commander';
import type { Context } from './context.ts';
import { usage } from './error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { locateHome } from './home-paths.ts';
import { report } from './output/report.ts';
import { createProgram } from './program.ts';

/** What a process gives to the command line. */
export type Surroundings = Omit<Context, 'home' | 'json'>;

/** One command from its arguments (without `node` and the script) to its exit code. Never throws. */
export async function run(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const early = contextOf(surroundings, { json: argv.includes('--json') });
  const outcome: { exit: ExitCode } = { exit: EXIT.ok };
  try {
    const program = createProgram(
      (options) => contextOf(surroundings, options),
      (exit) => {
        outcome.exit = exit;
      },
      surroundings,
    );
    await program.parseAsync([...argv], { from: 'user' });
    return outcome.exit;
  } catch (error) {
    if (error instanceof CommanderError) return fromCommander(error, early);
    return report(early, error);
  }
}

export interface GlobalOptions {
  readonly home?: string;
  readonly json?: boolean;
}

function contextOf(surroundings: Surroundings, options: GlobalOptions): Context {
  return {
    ...surroundings,
    home: locateHome(options.home, surroundings.env, surroundings.cwd),
    json: options.json === true,
  };
}

/** Help and version end well; everything else commander stops at is the reader's command line. */
function fromCommander(error: CommanderError, context: Context): ExitCode {
  if (error.exitCode === 0) return EXIT.ok;
  // A group without its command (`ward audit`) has printed its help, which says what was missing.
  if (error.code === 'commander.help') return EXIT.usage;
  const message = error.message.replace(/^error: /, '').replace(/\n[\s\S]*$/, '');
  return report(context, usage(message, 'ward --help lists the commands; ward COMMAND --help explains one.'));
}
