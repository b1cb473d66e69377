import { err, fromHex, isJsonObject, type Json, ok, type Result, sanitise } from '@wardmesh/core';
import { WalletError } from '../error.ts';
import { MAX_MEMO_BYTES, MAX_MEMOS } from '../limits.ts';

/** One part of a memo: the bytes as they are, and what a person or a pattern sees of them. */
export interface MemoPart {
  /** Upper-case hex. */
  readonly raw: string;
  /** UTF-8 text with hidden characters removed and NFKC applied; unreadable bytes show as U+FFFD. */
  readonly text: string;
  /** False where the bytes were not UTF-8, or held characters that do not show. */
  readonly clean: boolean;
}

export interface Memo {
  readonly type: MemoPart | null;
  readonly format: MemoPart | null;
  readonly data: MemoPart | null;
}

const NAMES = { MemoType: 'type', MemoFormat: 'format', MemoData: 'data' } as const;

/** Reads the Memos array. At most {@link MAX_MEMOS} memos of {@link MAX_MEMO_BYTES} together (VAL-006). @returns INVALID_MEMO */
export function parseMemos(json: Json | undefined): Result<readonly Memo[], WalletError> {
  if (json === undefined) return ok([]);
  const fault = (message: string) => err(new WalletError('INVALID_MEMO', message));
  if (!Array.isArray(json) || json.length === 0) return fault('Memos is not a filled array');
  if (json.length > MAX_MEMOS) return fault(`more than ${MAX_MEMOS} memos`);
  let bytes = 0;
  const memos: Memo[] = [];
  for (const entry of json as readonly Json[]) {
    const body = isJsonObject(entry) && Object.keys(entry).length === 1 ? entry.Memo : undefined;
    if (!isJsonObject(body)) return fault('an entry of Memos is not a memo');
    const memo: { type: MemoPart | null; format: MemoPart | null; data: MemoPart | null } = {
      type: null,
      format: null,
      data: null,
    };
    for (const [name, value] of Object.entries(body)) {
      if (!Object.hasOwn(NAMES, name) || typeof value !== 'string') return fault('a memo holds an unknown field');
      bytes += value.length / 2;
      if (bytes > MAX_MEMO_BYTES) return fault(`memos of more than ${MAX_MEMO_BYTES} bytes`);
      memo[NAMES[name as keyof typeof NAMES]] = readPart(value);
    }
    memos.push(memo);
  }
  return ok(memos);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function readPart(raw: string): MemoPart {
  const text = decoder.decode(fromHex(raw.toLowerCase()));
  // NFKC as well: full-width letters must not spell what plain ones may not.
  const shown = sanitise(text).normalize('NFKC');
  return { raw, text: shown, clean: !text.includes('\uFFFD') && sanitise(text) === text.normalize('NFC') };
}

/** All that the memos say, for patterns: one text a part, type before format before data. */
export function memoTexts(memos: readonly Memo[]): readonly string[] {
  return memos.flatMap((memo) =>
    [memo.type, memo.format, memo.data].flatMap((part) => (part === null ? [] : [part.text])),
  );
}
