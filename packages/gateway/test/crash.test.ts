import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock, systemRandom } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import type { AuditEntry } from '@wardmesh/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHome } from '../src/home/open.ts';
import { type Loose, TestGateway } from './harness.ts';

const CHILD = fileURLToPath(new URL('./crash-gateway.ts', import.meta.url));
const ROUNDS = 15;
const CLIENTS = 4;
/** All rounds together, ms; the rest of them is left out on a machine that is slow. */
const BUDGET = 75_000;

describe('a gateway that is killed at any instant', () => {
  verifies('WM-RCP-2');
  let home: string;
  let token: string;
  beforeAll(async () => {
    const t = await TestGateway.start({
      policies: { 'default.cedar': '@id("all") permit(principal, action, resource);' },
      config: {
        limits: { tiers: { standard: wide, strict: wide, critical: wide } },
        audit: { segmentBytes: '64KiB' },
      },
    });
    token = t.token;
    await t.stop(true);
    home = t.home;
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('loses nothing, doubles nothing, and calls unknown what nobody knows', async () => {
    const deadline = performance.now() + BUDGET;
    const acknowledged = new Map<string, string>();
    let rounds = 0;
    let unknown = 0;
    let closed = 0;
    let line = 0;
    for (; rounds < ROUNDS && performance.now() < deadline; rounds++) {
      const child = await startChild(home);
      const stopped = { now: false };
      const load = Array.from({ length: CLIENTS }, () =>
        drive(child, token, stopped, () => `w${++line}`, acknowledged),
      );
      // Every other one at an instant from the first handshake on; the others once the load goes, however slow the machine.
      const goal = acknowledged.size + 12;
      for (let waited = 0; rounds % 2 === 1 && acknowledged.size < goal && waited < 10_000; waited += 25)
        await pause(25);
      await pause((rounds % 2 === 1 ? 0 : 150) + Math.random() * 900);
      stopped.now = true;
      await kill(child.process);
      await Promise.all(load);

      const opened = await openHome({ home, clock: systemClock, random: systemRandom });
      try {
        closed += opened.recovery.closedIntents.length;
        expect(opened.audit.openIntents).toEqual([]);
        const report = await opened.audit.verify();
        expect(report, JSON.stringify(report.fault)).toMatchObject({ ok: true });
        const entries = await allEntries(opened.audit);
        unknown = judge(entries, acknowledged, journal(home));
      } finally {
        await opened.close();
      }
    }
    console.info(
      `killed ${rounds} times over ${line} writes: ${acknowledged.size} acknowledged, ${closed} intents closed at a start, ${unknown} outcomes unknown`,
    );
    expect(rounds).toBeGreaterThanOrEqual(5);
    // Or the kills came when nothing was going on, and the test proved nothing.
    expect(acknowledged.size).toBeGreaterThan(50);
    expect(closed).toBeGreaterThan(0);
  }, 120_000);
});

const wide = { requests: 1_000_000, burst: 1_000_000 };

/** Checks the whole log against what clients were told and what the server really did. @returns outcomes unknown */
function judge(entries: readonly AuditEntry[], acknowledged: ReadonlyMap<string, string>, effects: string[]): number {
  expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, i) => i + 1));
  const intents = new Map<string, AuditEntry[]>();
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  for (const entry of entries) {
    if (entry.eventType === 'tool.intent') intents.set(entry.id, []);
    const of = entry.eventType === 'tool.outcome' ? entry.receipt?.intent : undefined;
    if (of !== undefined) intents.get(of)!.push(entry);
  }
  const status = { ok: 0, error: 0, denied: 0, unknown: 0, pending: 0 };
  for (const [intent, outcomes] of intents) {
    expect(outcomes, `outcomes of ${intent}`).toHaveLength(1);
    expect(outcomes[0]!.sequence).toBeGreaterThan(byId.get(intent)!.sequence);
    status[outcomes[0]!.receipt!.effect.status]++;
  }
  expect(status.pending).toBe(0);
  // Every answer a client got is in the log with that receipt, and its effect was done once.
  const done = new Map<string, number>();
  for (const effect of effects) done.set(effect, (done.get(effect) ?? 0) + 1);
  for (const [line, receipt] of acknowledged) {
    expect(byId.get(receipt)?.receipt?.effect.status, line).toBe('ok');
    expect(done.get(line), line).toBe(1);
  }
  for (const [line, times] of done) expect(times, line).toBe(1);
  // What happened without an acknowledgement is concluded all the same: ok where the outcome was written, else unknown.
  expect(done.size).toBeGreaterThanOrEqual(status.ok);
  expect(done.size).toBeLessThanOrEqual(status.ok + status.unknown);
  return status.unknown;
}

interface Child {
  readonly process: ChildProcess;
  readonly url: URL;
  readonly agent: Agent;
}

async function startChild(home: string): Promise<Child> {
  const child = spawn(process.execPath, [CHILD, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of createInterface({ input: child.stdout! })) {
    const { url, ca } = JSON.parse(text);
    return { process: child, url: new URL(url), agent: new Agent({ keepAlive: true, ca, servername: 'localhost' }) };
  }
  throw new Error(`the gateway ended with ${child.exitCode}`);
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** One client that writes line after line until its gateway is gone. */
async function drive(
  child: Child,
  token: string,
  stopped: { readonly now: boolean },
  nextLine: () => string,
  acknowledged: Map<string, string>,
): Promise<void> {
  try {
    let session: string | undefined;
    const opened = await post(child, token, undefined, 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'crash', version: '1' },
    });
    session = opened.session;
    while (!stopped.now) {
      const line = nextLine();
      const { message } = await post(child, token, session, 'tools/call', { name: 'write', arguments: { line } });
      const receipt = message.result?._meta?.['wardmesh/receipt'];
      if (receipt !== undefined && message.result.isError !== true) acknowledged.set(line, receipt);
    }
  } catch {
    // The gateway is gone; that is what this is about.
  } finally {
    child.agent.destroy();
  }
}

function post(
  child: Child,
  token: string,
  session: string | undefined,
  method: string,
  params: object,
): Promise<{ message: Loose; session: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: child.url.hostname,
        port: child.url.port,
        path: '/servers/t/mcp',
        method: 'POST',
        agent: child.agent,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${token}`,
          ...(session !== undefined && { 'mcp-session-id': session, 'mcp-protocol-version': '2025-11-25' }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.once('error', reject);
        response.once('end', () => {
          try {
            resolve({ message: JSON.parse(text), session: response.headers['mcp-session-id'] as string | undefined });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify({ jsonrpc: '2.0', id: Math.floor(Math.random() * 1e9), method, params }));
  });
}

async function allEntries(audit: { find(query: { after: number; limit: number }): Promise<AuditEntry[]> }) {
  const entries: AuditEntry[] = [];
  for (;;) {
    const more = await audit.find({ after: entries.length, limit: 1_000 });
    if (more.length === 0) return entries;
    entries.push(...more);
  }
}

function journal(home: string): string[] {
  try {
    return readFileSync(join(home, 'workspace/journal'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
