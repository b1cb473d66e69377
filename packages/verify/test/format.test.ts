import { readFileSync } from 'node:fs';
import { unwrap } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { expect, test } from 'vitest';
import { verifyReceipt } from '../src/index.ts';

const read = (name: string) => readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8');

test('a receipt that version 1 exported verifies for good', () => {
  verifies('WM-RCP-1', 'WM-RCP-3');
  const vkey = read('receipt-v1.vkey').trim();
  const facts = unwrap(verifyReceipt(read('receipt-v1.json'), { vkey }));
  expect(facts).toMatchObject({
    keyTrust: 'given',
    entry: { eventType: 'tool.outcome', toolName: 'files.write_file', receipt: { effect: { status: 'ok' } } },
    log: { origin: 'node.example/audit', vkey },
  });
});
