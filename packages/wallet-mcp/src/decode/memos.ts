import { fromHex, isJsonObject, type Json, sanitise } from '@wardmesh/core';

export interface MemoText {
  readonly type: string | null;
  readonly text: string | null;
  /** False where hidden characters, markers that models obey, or bytes that are no text were taken out. */
  readonly clean: boolean;
}

/** Memos as text that is safe to show to a model: somebody else wrote them. */
export function readMemos(memos: Json | undefined): readonly MemoText[] {
  if (!Array.isArray(memos)) return [];
  return memos.map((entry) => {
    const memo = isJsonObject(entry) && isJsonObject(entry.Memo) ? entry.Memo : {};
    const [type, data] = [textOf(memo.MemoType), textOf(memo.MemoData)];
    return {
      type: type?.text ?? null,
      text: data?.text ?? null,
      clean: type?.clean !== false && data?.clean !== false,
    };
  });
}

function textOf(hex: Json | undefined): { text: string; clean: boolean } | null {
  if (typeof hex !== 'string') return null;
  const raw = new TextDecoder('utf-8', { ignoreBOM: true }).decode(fromHex(hex.toLowerCase()));
  const text = neutralise(sanitise(raw, 1_024));
  return { text, clean: text === raw && !raw.includes('\uFFFD') };
}

/** The replacements of the published design (§Tool Output Sanitization). */
function neutralise(text: string): string {
  return text
    .replaceAll(/\[\/?INST\]/gi, '[DATA]')
    .replaceAll(/<<\/?SYS>>/gi, '<<DATA>>')
    .replaceAll('```', '\\`\\`\\`');
}
