import { readFileSync, writeFileSync } from 'node:fs';
import { isClassicAddress } from '@wardmesh/wallet';
import { describe, expect, it } from 'vitest';
import { toolsPage } from './fixtures/tools-page.ts';

const PAGE = new URL('../../../docs/wallet-tools.md', import.meta.url);

describe('docs/wallet-tools.md', () => {
  it('is what the tools say of themselves', () => {
    if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, toolsPage());
    expect(readFileSync(PAGE, 'utf8')).toBe(toolsPage());
  });

  it('W23: holds no address that is none', () => {
    const found = readFileSync(PAGE, 'utf8').match(/\br[1-9A-HJ-NP-Za-km-z]{24,34}\b/g) ?? [];
    expect(found.filter((text) => !isClassicAddress(text))).toEqual([]);
  });
});
