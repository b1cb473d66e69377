import { describe, expect, it } from 'vitest';
import { logLine } from './log-lines.ts';

describe('logLine', () => {
  it('is one line with time, event and what differs', () => {
    const record = {
      level: 'warn',
      timestamp: '2026-11-22T11:31:04.089Z',
      nodeId: 'n',
      agent: 'local',
      security: true,
      event: 'RATE_LIMITED',
      limits: [1],
    };
    expect(logLine(JSON.stringify(record))).toBe('11:31:04 warn RATE_LIMITED  agent=local  limits=[1]');
  });

  it('spells out what a server wrote to move the cursor', () => {
    const record = {
      level: 'info',
      timestamp: '2026-11-22T11:31:04.089Z',
      upstream: 'files',
      line: '\u001b[2J',
      event: 'upstream.stderr',
    };
    expect(logLine(JSON.stringify(record))).toBe('11:31:04 files upstream.stderr  line=\\u{1b}[2J');
  });

  it('leaves other text as it is', () => expect(logLine('plain\n')).toBe('plain'));
});
