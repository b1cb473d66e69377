import type { Json } from '@wardmesh/core';
import type { CheckFaultCode, ToolCheck } from './check.ts';

/**
 * A path that stays below the folder it is resolved against: no root, no drive, no `..`, no home, no NUL, no empty text.
 * Separators of both kinds count, because the server may run elsewhere.
 */
export const relativePath: ToolCheck = {
  name: 'relative-path',
  layer: 'business',
  check(value: Json): CheckFaultCode | undefined {
    if (typeof value !== 'string') return 'BUSINESS_NOT_TEXT';
    return isRelativePath(value) ? undefined : 'BUSINESS_PATH_UNSAFE';
  },
};

export function isRelativePath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false;
  if (/^[/\\~]/.test(path) || /^[A-Za-z]:/.test(path)) return false;
  // Percent-encoding is refused where it would spell a dot or a separator to a server that decodes it.
  if (/%(?:2e|2f|5c|00)/i.test(path)) return false;
  return path.split(/[/\\]/).every((segment) => segment.trim() !== '..');
}

/** An absolute path without `..` segments; the sandbox decides what is reachable. */
export const plainPath: ToolCheck = {
  name: 'plain-path',
  layer: 'business',
  check(value: Json): CheckFaultCode | undefined {
    if (typeof value !== 'string') return 'BUSINESS_NOT_TEXT';
    const below = value.startsWith('/') ? value.slice(1) : value;
    return value === '/' || isRelativePath(below) ? undefined : 'BUSINESS_PATH_UNSAFE';
  },
};
