import { BoundedCache, err, ok, type Result } from '@wardmesh/core';
import { MAX_COMPILED_PATTERNS, MAX_PATTERN_LENGTH, MAX_PATTERN_PROGRAM, MAX_PATTERN_STEPS } from '../limits.ts';
import { compileAutomaton } from './regex/automaton.ts';
import { UnsupportedPattern } from './regex/syntax.ts';

export type PatternProblem = 'length' | 'syntax' | 'unsupported' | 'size';

/** Runs a stranger's pattern in time linear in the text. */
export interface SafePattern {
  /** @throws PatternBudgetError where the text would cost more than {@link MAX_PATTERN_STEPS}. */
  test(text: string): boolean;
}

export class PatternBudgetError extends Error {}

const cache = new BoundedCache<string, Result<SafePattern, PatternProblem>>(MAX_COMPILED_PATTERNS);

/**
 * Compiles a `pattern` of a foreign schema. The engine's own expressions backtrack, and a schema's author could choose
 * one that takes for ever on a text he also chooses; so only the plainest run there, all others on an automaton.
 */
export function readPattern(pattern: string): Result<SafePattern, PatternProblem> {
  if (pattern.length > MAX_PATTERN_LENGTH) return err('length');
  let read = cache.get(pattern);
  if (read === undefined) {
    read = compile(pattern);
    cache.set(pattern, read);
  }
  return read;
}

function compile(pattern: string): Result<SafePattern, PatternProblem> {
  // JSON Schema asks for Unicode expressions; many in the field are none (`\-`), and mean what they say without it.
  const flags = isExpression(pattern, 'u') ? 'u' : '';
  if (!isExpression(pattern, flags)) return err('syntax');
  if (isPlain(pattern)) return ok(new RegExp(pattern, flags));
  try {
    const automaton = compileAutomaton(pattern, flags, MAX_PATTERN_PROGRAM);
    return ok({
      test(text) {
        if (text.length * automaton.size > MAX_PATTERN_STEPS) throw new PatternBudgetError('the text is too long');
        return automaton.test(text);
      },
    });
  } catch (cause) {
    return err(cause instanceof UnsupportedPattern ? 'unsupported' : 'size');
  }
}

function isExpression(pattern: string, flags: string): boolean {
  try {
    new RegExp(pattern, flags);
    return true;
  } catch {
    return false;
  }
}

/**
 * One character set under at most one repeat, from the start of the text: the only place to backtrack to is one character
 * back, which costs no more than the text's length.
 */
function isPlain(pattern: string): boolean {
  return /^\^(?:\[(?:[^[\]\\]|\\[dwsDWS.\-/_])+\]|[A-Za-z0-9_-]|\\[dwsDWS])(?:[*+]|\{\d{1,3}(?:,\d{0,3})?\})?\$?$/.test(
    pattern,
  );
}

/** The engine that ajv generates calls to. @throws Error for a pattern that was not admitted. */
export function patternEngine(pattern: string, _flags: string): SafePattern {
  const read = readPattern(pattern);
  if (!read.ok) throw new Error(`pattern refused: ${read.error}`);
  return read.value;
}
// Only printed where ajv writes stand-alone code, which is not done here.
patternEngine.code = 'patternEngine';
