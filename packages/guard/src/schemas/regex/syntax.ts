/** One character's worth of a pattern, as the source of a regular expression that matches exactly it. */
export type Node =
  | { readonly kind: 'char'; readonly source: string }
  | { readonly kind: 'assert'; readonly at: 'start' | 'end' | 'word' | 'not-word' }
  | { readonly kind: 'sequence'; readonly nodes: readonly Node[] }
  | { readonly kind: 'choice'; readonly nodes: readonly Node[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

/** What has no equal in a finite automaton: look-around and back references. */
export class UnsupportedPattern extends Error {}

const MAX_GROUPS = 64;

/**
 * Reads a pattern of ECMAScript that the engine has already accepted, so the grammar holds and only its structure is of
 * interest. Captures are groups; lazy repeats match the same texts as greedy ones.
 * @throws UnsupportedPattern for look-around, back references and inline flags.
 */
export function readSyntax(pattern: string): Node {
  const reader = new Reader(pattern);
  return reader.choice(0);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  choice(depth: number): Node {
    if (depth > MAX_GROUPS) throw new UnsupportedPattern('groups are nested too deep');
    const branches = [this.#sequence(depth)];
    while (this.#text[this.#at] === '|') {
      this.#at++;
      branches.push(this.#sequence(depth));
    }
    return branches.length === 1 ? (branches[0] as Node) : { kind: 'choice', nodes: branches };
  }

  #sequence(depth: number): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (char === '|' || char === ')') break;
      nodes.push(this.#repeats(this.#atom(depth)));
    }
    return { kind: 'sequence', nodes };
  }

  #repeats(node: Node): Node {
    const rest = this.#text.slice(this.#at, this.#at + 32);
    const found = /^(?:([*+?])|\{(\d+)(,(\d*))?\})\??/.exec(rest);
    if (found === null) return node;
    this.#at += found[0].length;
    if (found[1] !== undefined) {
      return {
        kind: 'repeat',
        node,
        min: found[1] === '+' ? 1 : 0,
        max: found[1] === '?' ? 1 : Number.POSITIVE_INFINITY,
      };
    }
    const min = Number(found[2]);
    const max = found[3] === undefined ? min : found[4] === '' ? Number.POSITIVE_INFINITY : Number(found[4]);
    return { kind: 'repeat', node, min, max };
  }

  #atom(depth: number): Node {
    const char = this.#text[this.#at] as string;
    switch (char) {
      case '^':
        this.#at++;
        return { kind: 'assert', at: 'start' };
      case '$':
        this.#at++;
        return { kind: 'assert', at: 'end' };
      case '(':
        return this.#group(depth);
      case '[':
        return { kind: 'char', source: this.#take(this.#endOfClass()) };
      case '\\':
        return this.#escape();
      default: {
        const point = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
        this.#at += point.length;
        return { kind: 'char', source: /[\]{}/]/.test(point) ? `\\${point}` : point };
      }
    }
  }

  #group(depth: number): Node {
    const opening = /^\((?:\?:|\?<[A-Za-z_$][\w$]*>|(?!\?))/.exec(this.#text.slice(this.#at, this.#at + 128));
    if (opening === null) throw new UnsupportedPattern('look-around or inline flags');
    this.#at += opening[0].length;
    const inner = this.choice(depth + 1);
    this.#at++; // the closing bracket
    return inner;
  }

  #escape(): Node {
    const next = this.#text[this.#at + 1] as string;
    if (next === 'b' || next === 'B') {
      this.#at += 2;
      return { kind: 'assert', at: next === 'b' ? 'word' : 'not-word' };
    }
    if (/[1-9k]/.test(next)) throw new UnsupportedPattern('back reference');
    const rest = this.#text.slice(this.#at, this.#at + 80);
    // A pair of escaped surrogates is one character.
    const found =
      /^\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|^\\u\{[\da-fA-F]+\}|^\\u[\da-fA-F]{4}|^\\x[\da-fA-F]{2}|^\\c[A-Za-z]|^\\[pP]\{[^}]*\}/.exec(
        rest,
      );
    return { kind: 'char', source: this.#take(this.#at + (found?.[0].length ?? 2)) };
  }

  #endOfClass(): number {
    let at = this.#at + 1;
    while (at < this.#text.length && this.#text[at] !== ']') at += this.#text[at] === '\\' ? 2 : 1;
    return at + 1;
  }

  #take(end: number): string {
    const taken = this.#text.slice(this.#at, end);
    this.#at = end;
    return taken;
  }
}
