/** A small assembler for classic BPF as seccomp reads it (linux/filter.h, seccomp(2)). */

export type Step =
  /** Name the next instruction. */
  | { readonly op: 'label'; readonly name: string }
  /** A := the 32-bit word at `offset` of struct seccomp_data. */
  | { readonly op: 'load'; readonly offset: number }
  /** A := A & value. */
  | { readonly op: 'and'; readonly value: number }
  /** Compare A with value, and go on at a label; without one, at the next instruction. */
  | {
      readonly op: 'jump';
      readonly test: 'equal' | 'greater-or-equal' | 'any-bit';
      readonly value: number;
      readonly yes?: string;
      readonly no?: string;
    }
  | { readonly op: 'return'; readonly value: number };

const LOAD_ABSOLUTE = 0x20; // BPF_LD | BPF_W | BPF_ABS
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const JUMP = { equal: 0x15, 'greater-or-equal': 0x35, 'any-bit': 0x45 } as const; // BPF_JMP | BPF_J{EQ,GE,SET} | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

/** Bytes of one struct sock_filter: u16 code, u8 jt, u8 jf, u32 k. */
const INSTRUCTION_BYTES = 8;
/** Longest program the kernel takes (BPF_MAXINSNS). */
const MAX_INSTRUCTIONS = 4_096;

/**
 * The program as an array of little-endian struct sock_filter (x86_64 and aarch64 are both little-endian).
 * @throws RangeError for an unknown label, a backward jump, a jump over more than 255 instructions, a program too long.
 */
export function assemble(steps: readonly Step[]): Uint8Array {
  const labels = new Map<string, number>();
  let count = 0;
  for (const step of steps) {
    if (step.op !== 'label') count++;
    else if (labels.has(step.name)) throw new RangeError(`label ${step.name} is defined twice`);
    else labels.set(step.name, count);
  }
  if (count > MAX_INSTRUCTIONS) throw new RangeError('the program is too long');

  const bytes = new Uint8Array(count * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const emit = (code: number, k: number, jt = 0, jf = 0): void => {
    const offset = at * INSTRUCTION_BYTES;
    view.setUint16(offset, code, true);
    view.setUint8(offset + 2, jt);
    view.setUint8(offset + 3, jf);
    view.setUint32(offset + 4, k, true);
    at++;
  };
  const distance = (label: string | undefined): number => {
    if (label === undefined) return 0;
    const target = labels.get(label);
    if (target === undefined || target >= count) throw new RangeError(`label ${label} marks no instruction`);
    const skip = target - at - 1;
    if (skip < 0 || skip > 255) throw new RangeError(`label ${label} is out of reach`);
    return skip;
  };
  for (const step of steps) {
    if (step.op === 'load') emit(LOAD_ABSOLUTE, step.offset);
    else if (step.op === 'and') emit(AND, step.value);
    else if (step.op === 'return') emit(RETURN, step.value);
    else if (step.op === 'jump') emit(JUMP[step.test], step.value, distance(step.yes), distance(step.no));
  }
  return bytes;
}
