import { readFileSync } from 'node:fs';
import { verifies } from '@wardmesh/testkit';
import { expect, it } from 'vitest';
import { SCREEN_PATTERNS } from './patterns.ts';

it('docs/screening.md lists every pattern as it is', () => {
  verifies('XR-OUT-1');
  const guide = readFileSync(new URL('../../../../docs/screening.md', import.meta.url), 'utf8');
  const rows = [...guide.matchAll(/^\| `([a-z-]+)` \| (low|medium|high) \| (all|prose) \| (.*) \|$/gm)];
  expect(rows.map(([, id, severity, scope, why]) => [id, severity, scope, why])).toEqual(
    SCREEN_PATTERNS.map((pattern) => [
      pattern.id,
      pattern.severity,
      pattern.scope === 'text' ? 'prose' : 'all',
      pattern.why,
    ]),
  );
});
