import { type Node, readSyntax } from './syntax.ts';

// Thompson's construction run over all states at once (R. Cox, "Regular Expression Matching Can Be Simple And Fast"):
// the time is text length times program length whatever the pattern, where a backtracking engine can take for ever.

const OP = { char: 0, split: 1, jump: 2, assert: 3, match: 4 } as const;

interface Instruction {
  readonly op: (typeof OP)[keyof typeof OP];
  /** Next instruction, and for a split the other one. */
  x: number;
  y: number;
  readonly accepts?: (point: number) => boolean;
  readonly at?: 'start' | 'end' | 'word' | 'not-word';
}

export interface Automaton {
  /** Instructions; times the length of a text is what a test costs. */
  readonly size: number;
  test(text: string): boolean;
}

/** @throws UnsupportedPattern; RangeError where the program would be longer than `limit` instructions. */
export function compileAutomaton(pattern: string, flags: string, limit: number): Automaton {
  const program: Instruction[] = [];
  emit(readSyntax(pattern), program, flags, limit);
  program.push({ op: OP.match, x: 0, y: 0 });
  return { size: program.length, test: (text) => run(program, text, flags.includes('u')) };
}

function emit(node: Node, program: Instruction[], flags: string, limit: number): void {
  if (program.length > limit) throw new RangeError('the pattern is too large');
  switch (node.kind) {
    case 'char':
      program.push({ op: OP.char, x: 0, y: 0, accepts: accepts(node.source, flags) });
      return;
    case 'assert':
      program.push({ op: OP.assert, x: 0, y: 0, at: node.at });
      return;
    case 'sequence':
      for (const part of node.nodes) emit(part, program, flags, limit);
      return;
    case 'choice':
      emitChoice(node.nodes, program, flags, limit);
      return;
    case 'repeat':
      emitRepeat(node, program, flags, limit);
  }
}

function emitChoice(nodes: readonly Node[], program: Instruction[], flags: string, limit: number): void {
  const jumps: Instruction[] = [];
  nodes.forEach((branch, index) => {
    const split: Instruction = { op: OP.split, x: program.length + 1, y: 0 };
    const isLast = index === nodes.length - 1;
    if (!isLast) program.push(split);
    emit(branch, program, flags, limit);
    if (isLast) return;
    const jump: Instruction = { op: OP.jump, x: 0, y: 0 };
    program.push(jump);
    jumps.push(jump);
    split.y = program.length;
  });
  for (const jump of jumps) jump.x = program.length;
}

function emitRepeat(node: Node & { kind: 'repeat' }, program: Instruction[], flags: string, limit: number): void {
  for (let i = 0; i < node.min; i++) emit(node.node, program, flags, limit);
  if (node.max === Number.POSITIVE_INFINITY) {
    const split: Instruction = { op: OP.split, x: program.length + 1, y: 0 };
    const start = program.push(split) - 1;
    emit(node.node, program, flags, limit);
    program.push({ op: OP.jump, x: start, y: 0 });
    split.y = program.length;
    return;
  }
  const splits: Instruction[] = [];
  for (let i = node.min; i < node.max; i++) {
    const split: Instruction = { op: OP.split, x: program.length + 1, y: 0 };
    program.push(split);
    splits.push(split);
    emit(node.node, program, flags, limit);
  }
  for (const split of splits) split.y = program.length;
}

/** Whether one character matches: asked of the engine itself, remembered for ASCII. */
function accepts(source: string, flags: string): (point: number) => boolean {
  const expression = new RegExp(`^(?:${source})$`, flags);
  const known = new Int8Array(128).fill(-1);
  return (point) => {
    if (point >= 128) return expression.test(String.fromCodePoint(point));
    if (known[point] === -1) known[point] = expression.test(String.fromCharCode(point)) ? 1 : 0;
    return known[point] === 1;
  };
}

/** Finds a match anywhere in the text. */
function run(program: readonly Instruction[], text: string, byPoints: boolean): boolean {
  let current: number[] = [];
  let next: number[] = [];
  const seen = new Uint32Array(program.length);
  const stack: number[] = [];
  let step = 0;
  /** Follows the empty moves from `from`; true where a match is reached. */
  const add = (from: number, at: number, into: number[]): boolean => {
    stack.push(from);
    while (stack.length > 0) {
      const index = stack.pop() as number;
      if (seen[index] === step) continue;
      seen[index] = step;
      const instruction = program[index] as Instruction;
      if (instruction.op === OP.match) return true;
      if (instruction.op === OP.char) into.push(index);
      else if (instruction.op === OP.jump) stack.push(instruction.x);
      else if (instruction.op === OP.split) stack.push(instruction.y, instruction.x);
      else if (holds(instruction.at as 'start', text, at)) stack.push(index + 1);
    }
    return false;
  };
  step++;
  if (add(0, 0, current)) return true;
  for (let at = 0; at < text.length; ) {
    const point = byPoints ? (text.codePointAt(at) as number) : text.charCodeAt(at);
    at += point > 0xffff ? 2 : 1;
    step++;
    next.length = 0;
    for (const index of current) {
      if (program[index]!.accepts!(point) && add(index + 1, at, next)) return true;
    }
    // A match may begin at any place.
    if (add(0, at, next)) return true;
    [current, next] = [next, current];
  }
  return false;
}

function holds(kind: 'start' | 'end' | 'word' | 'not-word', text: string, at: number): boolean {
  if (kind === 'start') return at === 0;
  if (kind === 'end') return at === text.length;
  return (isWord(text, at - 1) !== isWord(text, at)) === (kind === 'word');
}

function isWord(text: string, at: number): boolean {
  return at >= 0 && at < text.length && /\w/.test(text[at] as string);
}
