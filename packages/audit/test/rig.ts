import { type Clock, type Random, utf8 } from '@wardmesh/core';
import { contentHash, hkdf, type SigningKey, signingKeyFromSeed } from '@wardmesh/crypto';
import { type AuditAlert, type AuditBounds, type AuditEvent, type AuditKeys, openAudit } from '../src/index.ts';
import type { MemoryStorage } from './memory-storage.ts';

export const ORIGIN = 'node.example/audit';
export const SIGNING: SigningKey = signingKeyFromSeed(new Uint8Array(32).fill(7));
export const KEYS: AuditKeys = {
  hmac: new Uint8Array(32).fill(1),
  seal: new Uint8Array(32).fill(2),
  signing: SIGNING,
};
export const HASH = contentHash(utf8('{}'));

/** A clock that the test moves. */
export class TestClock implements Clock {
  time = Date.parse('2026-01-01T00:00:00.000Z');
  now(): number {
    return this.time;
  }
  monotonic(): number {
    return this.time;
  }
}

/** Deterministic, and different for each seed. */
export function seededRandom(seed: number): Random {
  let counter = 0;
  const key = new Uint8Array(32).fill(seed);
  return { bytes: (length) => hkdf(key, `test/${counter++}`, length) };
}

let seeds = 0;

export async function openLog(storage: MemoryStorage, bounds: Partial<AuditBounds> = {}, clock = new TestClock()) {
  const alerts: AuditAlert[] = [];
  const random = seededRandom(seeds++ % 256);
  const opened = await openAudit({
    storage,
    clock,
    random,
    keys: KEYS,
    origin: ORIGIN,
    bounds,
    alert: (alert) => alerts.push(alert),
  });
  return { ...opened, alerts, clock };
}

export function simpleEvent(n: number): AuditEvent {
  return {
    eventType: 'auth.success',
    toolName: '',
    correlationId: `c-${n}`,
    actor: { type: 'user', id: 'agent-1' },
    operation: { name: 'auth', parameters: { n }, result: 'success' },
  };
}

type Body = NonNullable<AuditEvent['receipt']>;

function body(effect: Body['effect'], intent?: string): Body {
  return {
    v: 1,
    agent: { id: 'agent-1', roles: ['operator'], session: 's-1' },
    node: { id: 'node-1' },
    tool: { server: 'files', name: 'write_file', pin: HASH },
    args: { hash: HASH },
    policy: { version: HASH, decision: 'allow', rules: ['rule-1'] },
    labels: { in: [], out: ['untrusted'] },
    sandbox: { profile: HASH },
    effect,
    ...(intent !== undefined && { intent }),
  };
}

export function intentEvent(n = 0): AuditEvent {
  return {
    eventType: 'tool.intent',
    toolName: 'files.write_file',
    correlationId: `call-${n}`,
    actor: { type: 'user', id: 'agent-1' },
    operation: { name: 'tools/call', parameters: { hash: HASH }, result: 'pending' },
    receipt: body({ status: 'pending' }),
  };
}

export function outcomeEvent(intent: string, n = 0): AuditEvent {
  return {
    eventType: 'tool.outcome',
    toolName: 'files.write_file',
    correlationId: `call-${n}`,
    actor: { type: 'user', id: 'agent-1' },
    operation: { name: 'tools/call', parameters: { hash: HASH }, result: 'success', durationMs: 12 },
    receipt: body({ status: 'ok', resultHash: HASH }, intent),
  };
}
