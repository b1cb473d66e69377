import { toHex, utf8 } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { emptyRoot, leafHash, nodeHash, verifyConsistency, verifyInclusion } from '@wardmesh/verify';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryStorage } from '../../test/memory-storage.ts';
import { Frontier } from './frontier.ts';
import { MerkleTree } from './tree.ts';

/** RFC 9162 §2.1.1, word for word, as the reference. */
function mth(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return emptyRoot();
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

const leaf = (i: number) => leafHash(utf8(`leaf ${i}`));

async function treeOf(size: number, storage = new MemoryStorage()): Promise<MerkleTree> {
  const tree = (await MerkleTree.load(storage, 0))!;
  for (let i = 0; i < size; i++) {
    tree.push(leaf(i));
    if (i % 300 === 299) await tree.store(storage, false);
  }
  return tree;
}

describe('the tree', () => {
  test('has the roots of RFC 9162 at every size around a tile', async () => {
    verifies('WM-RCP-3');
    const leaves = Array.from({ length: 600 }, (_, i) => leaf(i));
    const tree = await treeOf(600);
    const frontier = new Frontier();
    for (let size = 0; size <= 600; size++) {
      if (size < 20 || size % 37 === 0 || Math.abs((size % 256) - 1) < 3) {
        const expected = toHex(mth(leaves.slice(0, size)));
        expect(toHex(await tree.root(size)), `size ${size}`).toBe(expected);
        expect(toHex(frontier.root()), `frontier ${size}`).toBe(expected);
        expect(toHex((await tree.frontier(size)).root())).toBe(expected);
      }
      if (size < 600) frontier.push(leaves[size]!);
    }
  });

  test('has the known roots of the Certificate Transparency reference tree', () => {
    // RFC 6962 reference implementation's test vectors: the eight leaves and the roots of one to eight of them.
    const data = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const frontier = new Frontier();
    data.forEach((hex, i) => {
      frontier.push(leafHash(Uint8Array.from(Buffer.from(hex, 'hex'))));
      expect(toHex(frontier.root())).toBe(roots[i]);
    });
  });

  test('gives proofs that hold, for every size and index, and none that hold elsewhere', async () => {
    verifies('WM-RCP-3');
    const tree = await treeOf(700);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat(), async (size, a, b) => {
        const index = a % size;
        const root = await tree.root(size);
        const proof = await tree.inclusionProof(index, size);
        expect(verifyInclusion(leaf(index), index, size, proof, root)).toBe(true);
        const other = b % size;
        if (other !== index) expect(verifyInclusion(leaf(index), other, size, proof, root)).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(leaf(index), index, size, proof.slice(1), root)).toBe(false);
        expect(verifyInclusion(leaf(index), index, size, [...proof, root], root)).toBe(false);
        const older = b % (size + 1);
        const consistency = await tree.consistencyProof(older, size);
        expect(verifyConsistency(older, size, await tree.root(older), root, consistency)).toBe(true);
        if (older > 0 && older < size) {
          expect(verifyConsistency(older, size, leaf(0), root, consistency)).toBe(older === 1);
          expect(verifyConsistency(older, size, await tree.root(older), leaf(1), consistency)).toBe(false);
          expect(verifyConsistency(older, size, await tree.root(older), root, [...consistency, root])).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is loaded again from its files at any size they hold', async () => {
    const storage = new MemoryStorage();
    const tree = await treeOf(1_000, storage);
    await tree.store(storage, true);
    for (const size of [0, 1, 255, 256, 257, 512, 1_000]) {
      const loaded = (await MerkleTree.load(storage, size))!;
      expect(toHex(await loaded.root())).toBe(toHex(await tree.root(size)));
    }
    expect(await MerkleTree.load(storage, 1_001)).toBeUndefined();
    expect(await MerkleTree.load(new MemoryStorage(), 256)).toBeUndefined();
  });

  test('serves C2SP tiles: full ones, partial ones, and those of the level above', async () => {
    verifies('WM-RCP-3');
    const storage = new MemoryStorage();
    const tree = await treeOf(600, storage);
    const full = (await tree.tile({ level: 0, index: 1, width: 256 }))!;
    expect(full.length).toBe(8_192);
    expect(toHex(full.slice(0, 32))).toBe(toHex(leaf(256)));
    expect((await tree.tile({ level: 0, index: 2, width: 88 }))!.length).toBe(88 * 32);
    expect(await tree.tile({ level: 0, index: 2, width: 89 })).toBeUndefined();
    const above = (await tree.tile({ level: 1, index: 0, width: 2 }))!;
    expect(toHex(above.slice(0, 32))).toBe(toHex(await tree.root(256)));
    expect(await tree.tile({ level: 2, index: 0, width: 1 })).toBeUndefined();
  });
});
