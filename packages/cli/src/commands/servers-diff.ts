import type { Context } from '../context.ts';
import { controlOf } from '../control.ts';
import type { ServerDiff } from '../control-types.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { print } from '../output/print.ts';

export async function serversDiff(context: Context, _options: object, id = ''): Promise<ExitCode> {
  const diff = await controlOf(context).serverDiff(id);
  print(context, diff, [...diffLines(diff), ...(isEmpty(diff) ? [] : ['', `Accept it with: ward servers pin ${id}`])]);
  return EXIT.ok;
}

export function isEmpty(diff: ServerDiff): boolean {
  return diff.changed.length + diff.added.length + diff.removed.length === 0;
}

export function diffLines(diff: ServerDiff): string[] {
  if (isEmpty(diff)) return ['nothing changed since the review'];
  return [
    ...diff.changed.flatMap(({ tool, lines }) => [`changed ${tool}`, ...lines.map((line) => `  ${line}`)]),
    ...diff.added.flatMap((tool) => [`added   ${tool}`, ...linesOf(diff, tool)]),
    ...diff.removed.map((tool) => `removed ${tool}`),
  ];
}

function linesOf({ definitions = [] }: ServerDiff, tool: string): string[] {
  return definitions.filter((one) => one.tool === tool).flatMap(({ lines }) => lines.map((line) => `  ${line}`));
}
