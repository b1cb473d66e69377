import { CodedError } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeOf } from './exit-code.ts';

describe('exit codes', () => {
  it('are pinned numbers', () => {
    expect(EXIT).toEqual({ ok: 0, failed: 1, usage: 2, denied: 3, notVerified: 4, unavailable: 5 });
  });

  it.each([
    ['USAGE', 2],
    ['INPUT_INVALID', 2],
    ['POLICY_DENIED', 3],
    ['APPROVAL_REQUIRED', 3],
    ['APPROVAL_REPLAYED', 3],
    ['AUTHENTICATION_REQUIRED', 3],
    ['LOCKED_OUT', 3],
    ['RATE_LIMITED', 3],
    ['TOOL_QUARANTINED', 3],
    ['RECEIPT_LEAF_MISMATCH', 4],
    ['NOT_VERIFIED', 4],
    ['AUDIT_TAMPERED', 4],
    ['GATEWAY_NOT_RUNNING', 5],
    ['GATEWAY_UNREACHABLE', 5],
    ['STORE_HOME_IN_USE', 5],
    ['UPSTREAM_UNAVAILABLE', 5],
    ['INTERNAL', 1],
    ['ANYTHING_ELSE', 1],
  ])('%s ends with %i', (code, exit) => expect(exitCodeOf(new CodedError(code, ''))).toBe(exit));

  it('gives 1 for what no code names', () => expect(exitCodeOf(new Error('x'))).toBe(1));
});
