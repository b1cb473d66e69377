import { canonicalBytes, concatBytes, toBase64, toHex, unwrap, utf8 } from '@wardmesh/core';
import { contentHash, type SigningKey, signingKeyFromSeed } from '@wardmesh/crypto';
import {
  type AuditEntry,
  checkpointText,
  cosignatureBody,
  cosignedBytes,
  formatVkey,
  leafHash,
  nodeHash,
  noteKey,
  parseNote,
  type Receipt,
  receiptOfEntry,
} from '../src/index.ts';

export const ORIGIN = 'node.example/audit';
export const LOG: SigningKey = signingKeyFromSeed(new Uint8Array(32).fill(7));
export const WITNESS: SigningKey = signingKeyFromSeed(new Uint8Array(32).fill(8));
export const WITNESS_NAME = 'witness.example/w1';
export const HASH = contentHash(utf8('content'));
export const VKEY = formatVkey(noteKey(ORIGIN, LOG.publicKey));
export const WITNESS_VKEY = formatVkey(noteKey(WITNESS_NAME, WITNESS.publicKey, 4));

export const ENTRY: AuditEntry = {
  id: '3f0e4b0a-5f0c-4c1e-9d7a-0123456789ab',
  sequence: 2,
  timestamp: '2026-01-02T03:04:05.678Z',
  eventType: 'tool.outcome',
  toolName: 'files.write_file',
  correlationId: 'call-1',
  actor: { type: 'user', id: 'agent-1' },
  operation: { name: 'tools/call', parameters: { hash: HASH }, result: 'success', durationMs: 12 },
  receipt: {
    v: 1,
    agent: { id: 'eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb', roles: ['operator'], session: 's-1' },
    node: { id: 'node-1' },
    tool: { server: 'files', name: 'write_file', pin: HASH },
    args: { hash: HASH, shown: { path: 'notes.txt', n: 1.5, deep: [null, true, { ü: '€' }] } },
    policy: { version: HASH, decision: 'allow', rules: ['rule-1'], budget: { calls: 3 } },
    approval: { by: ['operator'], over: HASH, signatures: ['c2ln'], expires: '2026-01-02T04:04:05.678Z' },
    labels: { in: ['private'], out: ['untrusted'] },
    sandbox: { profile: 'none' },
    effect: { status: 'ok', resultHash: HASH, originalHash: HASH, findings: ['a pattern'], tx: 'tx-1', cid: 'bafy' },
    intent: '3f0e4b0a-5f0c-4c1e-9d7a-ba9876543210',
  },
  previousHash: 'ab'.repeat(32),
  hash: 'cd'.repeat(32),
};

export const EVENT_ENTRY: AuditEntry = {
  id: ENTRY.id,
  sequence: 2,
  timestamp: ENTRY.timestamp,
  eventType: 'auth.failure',
  toolName: '',
  correlationId: 'c',
  actor: { type: 'system' },
  operation: { name: 'auth', parameters: {}, result: 'denied', errorCode: 'X' },
  previousHash: ENTRY.previousHash,
  hash: ENTRY.hash,
};

/** The tree of three leaves with `entry` in the middle, signed; cosigned where asked. */
export function receiptFor(entry: AuditEntry, options: { witness?: boolean; key?: boolean } = {}): Receipt {
  const [first, third] = [leafHash(utf8('first')), leafHash(utf8('third'))];
  const leaf = leafHash(canonicalBytes(entry));
  const root = nodeHash(nodeHash(first, leaf), third);
  const text = checkpointText(ORIGIN, 3, root);
  const line = (name: string, id: Uint8Array, signature: Uint8Array) =>
    `\u2014 ${name} ${toBase64(concatBytes(id, signature))}\n`;
  let checkpoint = `${text}\n${line(ORIGIN, noteKey(ORIGIN, LOG.publicKey).id, LOG.sign(utf8(text)))}`;
  if (options.witness === true) {
    const time = 1_767_323_045;
    const signature = WITNESS.sign(cosignedBytes(unwrap(parseNote(checkpoint)), time));
    checkpoint += line(WITNESS_NAME, noteKey(WITNESS_NAME, WITNESS.publicKey, 4).id, cosignatureBody(time, signature));
  }
  return receiptOfEntry(entry, {
    origin: ORIGIN,
    index: 1,
    leafHash: `sha256:${toHex(leaf)}`,
    proof: [`sha256:${toHex(first)}`, `sha256:${toHex(third)}`],
    checkpoint,
    ...(options.key === true && { key: VKEY }),
  });
}
