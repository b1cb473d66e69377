import { sanitise } from '@wardmesh/core';

/** What an instruction to the signer looks like in an agent's words (reference: wallet_sign, `context`). */
const INJECTIONS: readonly RegExp[] = [
  /\[\s*\/?\s*inst\s*\]/,
  /<<\s*\/?\s*sys\s*>>/,
  /ignore (?:all |any |the |my |your )*(?:previous|above|prior)/,
  /disregard (?:all|the|any|previous)/,
  /override (?:the |all |any )*(?:policy|policies|limits?|thresholds?)/,
  /admin(?:istrator)? mode/,
  /maintenance mode/,
];

/** Whether the words try to instruct. Hidden characters, letter case, full-width letters and runs of blanks do not help. */
export function isInstruction(context: string): boolean {
  const text = sanitise(context)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_*`'"-]+/g, ' ');
  return INJECTIONS.some((pattern) => pattern.test(text));
}
