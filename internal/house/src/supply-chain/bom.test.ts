import { verifies } from '@wardmesh/testkit';
import { describe, expect, it } from 'vitest';
import { run } from '../run.ts';
import { type Bom, findBomFaults } from './bom.ts';
import type { LockedPackage } from './lockfile.ts';
import { validateBom } from './validate-bom.ts';

const valid = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name: 'a', version: '1.0.0' }],
};
const packages: readonly LockedPackage[] = [
  { name: 'a', version: '1.0.0', path: 'node_modules/a' },
  { name: '@s/b', version: '2.0.0', path: 'node_modules/@s/b' },
  { name: 'tool', version: '1.0.0', path: 'node_modules/tool', dev: true },
];

describe('the bill of materials', () => {
  it('is built, valid and complete', async () => {
    verifies('XR-OSS-5', 'XR-OSS-4');
    const { code, stdout } = await run(process.execPath, ['internal/house/src/sbom.ts']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('valid against its schema')]);
  }, 120_000);

  it('is held against the schema: a planted fault is caught', async () => {
    verifies('XR-OSS-5');
    expect(await validateBom(JSON.stringify(valid), '1.6')).toBeNull();
    const { type: _type, ...untyped } = valid.components[0]!;
    expect(await validateBom(JSON.stringify({ ...valid, components: [untyped] }), '1.6')).not.toBeNull();
  });

  it('lists what is shipped and nothing else: planted faults are caught', () => {
    verifies('XR-OSS-5');
    const bom = (...names: readonly string[]): Bom => ({
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      components: names.map((name) => ({ name, version: '1.0.0' })),
    });
    const scoped = { group: '@s', name: 'b', version: '2.0.0', components: [] };
    const whole = { ...bom('a'), components: [{ name: 'a', version: '1.0.0', components: [scoped] }] };
    expect(findBomFaults(whole, packages)).toEqual([]);
    expect(findBomFaults(bom('a'), packages)).toEqual(['@s/b@2.0.0 is shipped and not listed']);
    expect(
      findBomFaults({ ...whole, components: [...whole.components, { name: 'x', version: '1.0.0' }] }, packages),
    ).toEqual(['x@1.0.0 is listed and not in the lock']);
    expect(findBomFaults({ ...bom('a'), bomFormat: 'SPDX' }, packages)).toEqual(['the format is SPDX']);
  });
});
