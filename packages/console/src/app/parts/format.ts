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

/** Characters that would reorder, hide or imitate text are shown by their code: what agents write is not trusted. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029\u3164\uffa0\u115f\u1160]/gu, (character) =>
    character === '\n' || character === '\t' ? character : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
