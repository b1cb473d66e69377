import type { Context } from '../context.ts';
import { visible } from './visible.ts';

/** The one result of a command: its JSON for machines, the lines for people. */
export function print(context: Context, value: unknown, lines: readonly string[] | string): void {
  if (context.json) {
    context.stdout.write(`${JSON.stringify(value)}\n`);
    return;
  }
  const text = typeof lines === 'string' ? lines : lines.join('\n');
  if (text !== '') context.stdout.write(`${visible(text)}\n`);
}

/** A remark beside the result: on stderr, and only for people. */
export function note(context: Context, text: string): void {
  if (!context.json) context.stderr.write(`${visible(text)}\n`);
}
