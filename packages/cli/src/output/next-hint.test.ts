import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { report } from './report.ts';

describe('an error without a hint of its own', () => {
  verifies('XR-ERR-1');
  const told = (error: CodedError, json = false) => {
    let text = '';
    const stderr = { write: (part: string) => (text += part) };
    report({ json, stderr, home: '/nowhere' } as never, error);
    return text;
  };

  it.each(['TOOL_UNKNOWN', 'SERVER_UNKNOWN', 'POLICY_DENIED', 'AGENT_UNKNOWN', 'APPROVAL_UNKNOWN', 'AUDIT_NOT_FOUND'])(
    '%s says where to look next, to people and to programs',
    (code) => {
      expect(told(new CodedError(code, 'no'))).toMatch(/\n {6}ward /);
      expect(JSON.parse(told(new CodedError(code, 'no'), true)).hint).toMatch(/^ward /);
    },
  );

  it('keeps the hint it has', () => {
    expect(told(new CodedError('TOOL_UNKNOWN', 'no', { hint: 'own' }))).toContain('\n      own\n');
  });
});
