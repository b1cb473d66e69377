/** A fenced block of shell commands in a document, with the marker that stands before it. */
export interface CommandBlock {
  readonly path: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly commands: string;
  /** `<!-- ward:run NAME … -->` (the tests run it) or `<!-- ward:show REASON -->` (they do not); undefined without. */
  readonly marker: RunMarker | ShowMarker | undefined;
}

export interface RunMarker {
  readonly kind: 'run';
  readonly name: string;
  /** Goes on while the later blocks run. */
  readonly background: boolean;
  /** A background block is ready when it prints this. */
  readonly ready?: string;
  /** The exit code it must end with. */
  readonly exit: number;
  /** A text that it must print. */
  readonly expect?: string;
  /** A variable for later blocks, from the first group of a regular expression over what it prints. */
  readonly capture?: { readonly variable: string; readonly from: RegExp };
}

export interface ShowMarker {
  readonly kind: 'show';
  readonly reason: string;
}

const MARKER = /^<!-- ward:(run|show) (.+) -->$/;
const SETTING = /(\w+)="([^"]*)"|(\w+)=(\S+)|(\S+)/g;

/** The ```sh blocks of a document. @throws Error for a marker that cannot be read. */
export function commandBlocks(path: string, text: string): CommandBlock[] {
  const lines = text.split('\n');
  const blocks: CommandBlock[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] !== '```sh') continue;
    const end = lines.indexOf('```', i + 1);
    if (end === -1) throw new Error(`${path}:${i + 1} the block has no end`);
    const found = MARKER.exec(lines[i - 1] ?? '');
    blocks.push({
      path,
      line: i + 1,
      commands: lines.slice(i + 1, end).join('\n'),
      marker: found === null ? undefined : parseMarker(found[1]!, found[2]!, `${path}:${i}`),
    });
    i = end;
  }
  return blocks;
}

function parseMarker(kind: string, text: string, where: string): RunMarker | ShowMarker {
  if (kind === 'show') return { kind, reason: text };
  const [name, ...words] = [...text.matchAll(SETTING)].map(
    (match) => [match[1] ?? match[3] ?? match[5]!, match[2] ?? match[4]] as const,
  );
  const settings = new Map(words);
  const known = new Set(['background', 'ready', 'exit', 'expect', 'capture']);
  for (const key of settings.keys()) if (!known.has(key)) throw new Error(`${where} unknown setting ${key}`);
  const ready = settings.get('ready');
  const expect = settings.get('expect');
  const capture = settings.get('capture');
  const equals = capture?.indexOf('=') ?? 0;
  return {
    kind: 'run',
    name: name![0],
    background: settings.has('background'),
    exit: Number(settings.get('exit') ?? 0),
    ...(ready !== undefined && { ready }),
    ...(expect !== undefined && { expect }),
    ...(capture !== undefined && {
      capture: { variable: capture.slice(0, equals), from: new RegExp(capture.slice(equals + 1)) },
    }),
  };
}

/** The targets of a document's links, with their lines; code and fenced blocks hold none. */
export function links(text: string): { readonly target: string; readonly line: number }[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => ({
    target: match[1]!,
    line: prose.slice(0, match.index).split('\n').length,
  }));
}

/** The rows of every table of a document, cells trimmed, without heads and rules. */
export function tableRows(text: string): string[][] {
  const rows = text.split('\n').map((line) =>
    line.startsWith('|')
      ? line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim())
      : [],
  );
  return rows.filter((row, i) => row.length > 0 && !isRule(row) && !isRule(rows[i + 1] ?? []));
}

function isRule(row: readonly string[]): boolean {
  return row.length > 0 && row.every((cell) => /^:?-+:?$/.test(cell));
}
