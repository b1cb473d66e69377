import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkExpected, readExpectedFailures } from './expected-failures.ts';

describe('checkExpected', () => {
  const list = { '2026-07-28': { tasks: ['create', 'create'] } };
  const failing = (count: number) =>
    new Map([['tasks', Array.from({ length: count }, () => ({ id: 'create', name: '', status: 'FAILURE' as const }))]]);

  it('accepts exactly the listed failures', () => {
    expect(checkExpected(list, '2026-07-28', failing(2))).toEqual({ unexpected: [], stale: [] });
  });
  it('reports a failure that is not listed', () => {
    expect(checkExpected(list, '2026-07-28', failing(3)).unexpected).toEqual(['tasks: create']);
  });
  it('reports an entry that no longer fails', () => {
    expect(checkExpected(list, '2026-07-28', failing(1)).stale).toEqual(['tasks: create']);
  });
});

describe('readExpectedFailures', () => {
  it('reads the list of this repository', async () => {
    expect(Object.keys(await readExpectedFailures())).toEqual(['2025-11-25', '2026-07-28']);
  });
  it.each(['- a', '2026-07-28: [a]', '2026-07-28: { tasks: create }', '2026-07-28: { tasks: [1] }'])(
    'refuses %s',
    async (text) => {
      const path = join(await mkdtemp(join(tmpdir(), 'list-')), 'list.yaml');
      await writeFile(path, text);
      await expect(readExpectedFailures(pathToFileURL(path))).rejects.toMatchObject({
        code: 'CONFORMANCE_LIST_INVALID',
      });
    },
  );
});
