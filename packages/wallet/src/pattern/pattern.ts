import { err, ok, type Result } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_PATTERN_CHARS, MAX_PATTERN_PROGRAM, MAX_PATTERN_TEXT } from '../limits.ts';
import { type Assertion, type CodePointTest, isWord, type Node, parsePattern } from './syntax.ts';

type Instruction =
  | { readonly op: 'one'; readonly test: CodePointTest }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'split'; a: number; b: number }
  | { readonly op: 'match' };

/**
 * A pattern that an operator wrote and an agent's text is matched against. It runs as a set of states over the text, so
 * its time is at most program × text whatever either holds: no text can make it slow (W20).
 */
export class Pattern {
  readonly source: string;
  readonly #program: readonly Instruction[];

  private constructor(source: string, program: readonly Instruction[]) {
    this.source = source;
    this.#program = program;
  }

  /** @returns INVALID_PATTERN for what {@link parsePattern} refuses, and for patterns that are too long or too large. */
  static compile(source: string, options: { readonly caseInsensitive?: boolean } = {}): Result<Pattern, WalletError> {
    if (source.length === 0 || source.length > MAX_PATTERN_CHARS) {
      return err(new WalletError('INVALID_PATTERN', `a pattern has 1 to ${MAX_PATTERN_CHARS} characters`));
    }
    try {
      const program = assemble(parsePattern(source, options.caseInsensitive === true));
      return ok(new Pattern(source, program));
    } catch (error) {
      if (error instanceof WalletError) return err(error);
      throw error;
    }
  }

  /** Whether the pattern matches anywhere in `text`; of a longer text than {@link MAX_PATTERN_TEXT} only that much is read. */
  test(text: string): boolean {
    const codes: number[] = [];
    for (const char of text) {
      if (codes.length === MAX_PATTERN_TEXT) break;
      codes.push(char.codePointAt(0)!);
    }
    return run(this.#program, codes);
  }
}

/** A node's instructions fall through to what comes next; only `split` names other places. */
function assemble(root: Node): readonly Instruction[] {
  const program: Instruction[] = [];
  const emit = <T extends Instruction>(instruction: T): T => {
    if (program.length >= MAX_PATTERN_PROGRAM) throw new WalletError('INVALID_PATTERN', 'the pattern repeats too much');
    program.push(instruction);
    return instruction;
  };
  const put = (node: Node): void => {
    switch (node.kind) {
      case 'empty':
        return;
      case 'one':
        emit({ op: 'one', test: node.test });
        return;
      case 'assert':
        emit({ op: 'assert', what: node.what });
        return;
      case 'all':
        for (const part of node.parts) put(part);
        return;
      case 'any': {
        const exits: { a: number; b: number }[] = [];
        node.parts.forEach((part, index) => {
          if (index === node.parts.length - 1) {
            put(part);
            return;
          }
          const fork = emit({ op: 'split', a: program.length + 1, b: -1 });
          put(part);
          exits.push(emit({ op: 'split', a: -1, b: -1 }));
          fork.b = program.length;
        });
        for (const exit of exits) exit.a = exit.b = program.length;
        return;
      }
      case 'repeat': {
        for (let i = 0; i < node.min; i++) put(node.part);
        if (node.max === Number.POSITIVE_INFINITY) {
          const start = program.length;
          const fork = emit({ op: 'split', a: start + 1, b: -1 });
          put(node.part);
          emit({ op: 'split', a: start, b: start });
          fork.b = program.length;
          return;
        }
        const forks: { b: number }[] = [];
        for (let i = node.min; i < node.max; i++) {
          forks.push(emit({ op: 'split', a: program.length + 1, b: -1 }));
          put(node.part);
        }
        for (const fork of forks) fork.b = program.length;
      }
    }
  };
  put(root);
  emit({ op: 'match' });
  return program;
}

function run(program: readonly Instruction[], codes: readonly number[]): boolean {
  // `seen[i]` is the last position at which instruction i was entered: one visit per position bounds the time.
  const seen = new Int32Array(program.length).fill(-1);
  let current: number[] = [];
  const pending: number[] = [];

  /** Follows everything that takes no character. True where the end of the program is reached. */
  const enter = (start: number, position: number, states: number[]): boolean => {
    pending.push(start);
    while (pending.length > 0) {
      const index = pending.pop()!;
      if (seen[index] === position) continue;
      seen[index] = position;
      const instruction = program[index]!;
      switch (instruction.op) {
        case 'match':
          pending.length = 0;
          return true;
        case 'split':
          pending.push(instruction.b, instruction.a);
          break;
        case 'assert':
          if (holds(instruction.what, codes, position)) pending.push(index + 1);
          break;
        case 'one':
          states.push(index);
      }
    }
    return false;
  };

  if (enter(0, 0, current)) return true;
  for (let position = 0; position < codes.length; position++) {
    const next: number[] = [];
    for (const index of current) {
      const instruction = program[index]!;
      if (instruction.op === 'one' && instruction.test(codes[position]!) && enter(index + 1, position + 1, next))
        return true;
    }
    // A match may begin at every position.
    if (enter(0, position + 1, next)) return true;
    current = next;
  }
  return false;
}

function holds(what: Assertion, codes: readonly number[], position: number): boolean {
  if (what === 'start') return position === 0;
  if (what === 'end') return position === codes.length;
  const before = position > 0 && isWord(codes[position - 1]!);
  const after = position < codes.length && isWord(codes[position]!);
  return (before !== after) === (what === 'word');
}
