/** `eip155:1:0x12…cdef` for people; the whole id stands in the title. */
export function shortId(id: string): string {
  const at = id.lastIndexOf(':');
  const tail = id.slice(at + 1);
  return tail.length <= 14 ? id : `${id.slice(0, id.indexOf(':') + 1)}${tail.slice(0, 6)}…${tail.slice(-4)}`;
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

export function when(time: number | string): string {
  return moment.format(new Date(time));
}

/** `in 3 minutes`, `2 hours ago`. */
export function relative(time: number, now: number): string {
  const distance = time - now;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(distance) >= step) ?? ['second', 1_000];
  return relativeFormat.format(Math.trunc(distance / size), unit);
}

/** Drops as XRP, exact. */
export function formatDrops(drops: string): string {
  const padded = drops.padStart(7, '0');
  const whole = padded.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ' ');
  const part = padded.slice(-6).replace(/0+$/, '');
  return `${whole}${part === '' ? '' : `.${part}`} XRP`;
}

/**
 * What has no look of its own, or looks like a plain space: controls, format and bidirectional marks, every other
 * default-ignorable character (variation selectors, fillers, joiners), private and unassigned ones, lone surrogates, the
 * blank Braille pattern, and all spaces but U+0020.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/gu;
/** More marks on one character than any script needs: they would cover the lines around. */
const HEAPED = /(?<=\p{M}{2})\p{M}/gu;

/** Characters that would reorder, hide or imitate text are shown by their code: what agents write is not trusted. */
export function visible(text: string): string {
  return text
    .replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : codeOf(character)))
    .replace(HEAPED, codeOf);
}

function codeOf(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
