const DIGITS = 16;

/** The segment whose first entry has this sequence. Names sort as their sequences do. */
export function segmentName(first: number): string {
  return `segment-${String(first).padStart(DIGITS, '0')}`;
}

export function indexName(first: number): string {
  return `${segmentName(first)}.idx`;
}

/** Sequence of the first entry of the segment that a name means; undefined for other files. */
export function parseSegmentName(name: string): number | undefined {
  const match = /^segment-(\d{16})$/.exec(name);
  const first = match === null ? 0 : Number(match[1]);
  return first >= 1 && Number.isSafeInteger(first) ? first : undefined;
}

/** Hashes of one tile level, one after the other: tile N is bytes N × 8192 and on. */
export function tilesName(level: number): string {
  return `tiles-${level}`;
}

export const HEAD = 'head';
export const PRUNE = 'prune';
export const CHECKPOINT = 'checkpoint';
