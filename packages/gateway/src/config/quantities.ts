/** Milliseconds in each unit a duration may be written in. A year is 365 days. */
const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, y: 31_536_000_000 } as const;

/** Bytes in each unit a size may be written in: binary units only, so that `MB` cannot mean two things. */
const SIZE_UNITS = { B: 1, KiB: 1_024, MiB: 1_048_576, GiB: 1_073_741_824 } as const;

export const DURATION_PATTERN = /^(0|[1-9][0-9]{0,8})(ms|s|m|h|d|y)$/;
export const SIZE_PATTERN = /^(0|[1-9][0-9]{0,8})(B|KiB|MiB|GiB)$/;

/** Milliseconds of `30s`, `10m`, `7y`; undefined for any other spelling. One number and one unit, no sums. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION_PATTERN.exec(text);
  return parts === null ? undefined : Number(parts[1]) * DURATION_UNITS[parts[2] as keyof typeof DURATION_UNITS];
}

/** Bytes of `512MiB`, `1GiB`, `100B`; undefined for any other spelling. */
export function parseSize(text: string): number | undefined {
  const parts = SIZE_PATTERN.exec(text);
  return parts === null ? undefined : Number(parts[1]) * SIZE_UNITS[parts[2] as keyof typeof SIZE_UNITS];
}

/** The shortest spelling that {@link parseDuration} reads back. @throws RangeError unless a whole number ≥ 0. */
export function formatDuration(milliseconds: number): string {
  return format(milliseconds, DURATION_UNITS);
}

/** The shortest spelling that {@link parseSize} reads back. @throws RangeError unless a whole number ≥ 0. */
export function formatSize(bytes: number): string {
  return format(bytes, SIZE_UNITS);
}

function format(value: number, units: Readonly<Record<string, number>>): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a whole number');
  let text = '';
  for (const [unit, size] of Object.entries(units)) {
    if (text === '' || (value !== 0 && value % size === 0)) text = `${value / size}${unit}`;
  }
  return text;
}
