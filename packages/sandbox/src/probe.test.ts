import { expect, test } from 'vitest';
import { probe } from './probe.ts';

test('probe says why for every capability and proves a start', async () => {
  const found = await probe();
  for (const capability of Object.values(found)) {
    expect(capability.why).not.toBe('');
    if (!capability.ok) expect(capability.hint).toBeTruthy();
  }
  expect(found.bubblewrap.ok).toBe(true);
  expect(found.start).toMatchObject({ ok: true });
});
