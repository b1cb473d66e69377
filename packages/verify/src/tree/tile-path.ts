import { TILE_WIDTH } from '../limits.ts';

/** One tile: level 0 … 63 in steps of eight tree levels, its index, and how many hashes it holds (1 … 256). */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]`: the index in groups of three digits, all but the last marked `x` (C2SP tlog-tiles). */
export function tilePath(tile: Tile): string {
  let rest = tile.index;
  let path = String(rest % 1_000).padStart(3, '0');
  for (rest = Math.floor(rest / 1_000); rest > 0; rest = Math.floor(rest / 1_000)) {
    path = `x${String(rest % 1_000).padStart(3, '0')}/${path}`;
  }
  return `tile/${tile.level}/${path}${tile.width === TILE_WIDTH ? '' : `.p/${tile.width}`}`;
}

/** The tile that a path names, or undefined for any other spelling. */
export function parseTilePath(path: string): Tile | undefined {
  const match = /^tile\/(\d{1,2})\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (match === null) return undefined;
  const index = Number(match[2]!.replaceAll(/[x/]/g, ''));
  const tile = { level: Number(match[1]), index, width: match[3] === undefined ? TILE_WIDTH : Number(match[3]) };
  // Rendering again refuses leading zeros, an empty tile and a full tile spelled as a partial one.
  const sound = Number.isSafeInteger(index) && tile.level <= 63 && tile.width >= 1 && tile.width <= TILE_WIDTH;
  return sound && tilePath(tile) === path ? tile : undefined;
}
