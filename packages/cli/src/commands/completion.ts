import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { usage } from '../error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';

/** Completion made from the command tree itself, so that it never lags behind it. */
export function completion(context: Context, program: Command, shell: string): ExitCode {
  if (shell !== 'bash' && shell !== 'zsh') throw usage('completion is for bash or zsh');
  const script = bashScript(program);
  context.stdout.write(shell === 'bash' ? script : `autoload -U +X bashcompinit && bashcompinit\n${script}`);
  return EXIT.ok;
}

function bashScript(program: Command): string {
  const global = flags(program);
  const cases = [
    caseOf('', [...names(program), ...global]),
    ...program.commands.flatMap((command) => [
      caseOf(command.name(), [...names(command), ...flags(command), ...global]),
      ...command.commands.map((child) => caseOf(`${command.name()} ${child.name()}`, [...flags(child), ...global])),
    ]),
  ];
  return `_ward() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="$path$word " ;; esac
  done
  set -- $path
  case "\${1:-}\${2:+ $2}" in
${cases.join('\n')}
  *) case "\${1:-}" in
${program.commands.map((command) => `    ${caseOf(command.name(), [...flags(command), ...global]).trim()}`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _ward ward ./ward
`;
}

function caseOf(path: string, words: readonly string[]): string {
  return `  '${path}') words='${words.join(' ')}' ;;`;
}

function names(command: Command): string[] {
  return command.commands.map((child) => child.name());
}

function flags(command: Command): string[] {
  return command.options.map((option) => option.long ?? option.short ?? '').filter((flag) => flag !== '');
}
