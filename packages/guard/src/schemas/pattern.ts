import { err, ok, type Result } from '@wardmesh/core';
import { MAX_PATTERN_LENGTH } from '../limits.ts';

export type PatternProblem = 'length' | 'syntax' | 'unsafe';

export function readPattern(pattern: string): Result<RegExp, PatternProblem> {
  if (pattern.length > MAX_PATTERN_LENGTH) return err('length');
  // Nested or adjacent unbounded repeats and back references are what backtracks.
  if (/[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]|\\[1-9]/.test(pattern)) return err('unsafe');
  try {
    return ok(new RegExp(pattern, 'u'));
  } catch {
    return err('syntax');
  }
}

export function patternEngine(pattern: string, _flags: string): { test(text: string): boolean } {
  const read = readPattern(pattern);
  if (!read.ok) throw new Error('pattern refused');
  return read.value;
}
patternEngine.code = 'patternEngine';
