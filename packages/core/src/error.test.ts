import { describe, expect, it } from 'vitest';
import { CodedError, isCoded } from './error.ts';
import { err, ok, unwrap } from './result.ts';

describe('a coded error', () => {
  it('prints its public fields only', () => {
    const error = new CodedError('AUDIT_TORN_WRITE', 'the last entry is cut off', {
      hint: 'Run ward audit verify.',
      retryAfter: 3,
      correlationId: 'c-1',
      details: { path: '/home/operator' },
      cause: new Error('EIO'),
    });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'AUDIT_TORN_WRITE',
      message: 'the last entry is cut off',
      hint: 'Run ward audit verify.',
      retryAfter: 3,
      correlationId: 'c-1',
    });
    expect(error.details).toEqual({ path: '/home/operator' });
  });

  it('leaves out what it has not', () => {
    expect(JSON.stringify(new CodedError('A', 'b'))).toBe('{"code":"A","message":"b"}');
    expect('cause' in new CodedError('A', 'b')).toBe(false);
  });

  it('is known by its class and code', () => {
    const error: unknown = new CodedError('A', 'b');
    expect(isCoded(error)).toBe(true);
    expect(isCoded(error, 'A')).toBe(true);
    expect(isCoded(error, 'B')).toBe(false);
    expect(isCoded({ code: 'A', message: 'b' }, 'A')).toBe(false);
    expect(isCoded(undefined)).toBe(false);
  });
});

describe('a result', () => {
  it('unwraps to its value or throws its error', () => {
    expect(unwrap(ok(1))).toBe(1);
    const error = new CodedError('A', 'b');
    expect(() => unwrap(err(error))).toThrow(error);
    expect(() => unwrap(err('plain'))).toThrow('unwrapped a failure');
  });
});
