import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startGateway } from '../src/gateway.ts';
import { operatorLog } from '../src/telemetry/operator-log.ts';
import { type Answer, type Loose, receiptOf, TestGateway } from './harness.ts';
import { MovedClock } from './stream.ts';

const codeOf = (answer: Answer) => answer.message.error?.data?.code;
/** Everything runs, so that what stops a call here is the log alone. */
const FREE = {
  policies: { 'default.cedar': '@id("all") permit(principal, action, resource);' },
  config: { limits: { tiers: { critical: { requests: 10_000, burst: 10_000 } } } },
};
const entriesOf = (t: TestGateway) => t.gateway.home.audit.find({ limit: 1_000 });

describe('the record of a call', () => {
  verifies('WM-RCP-2');
  let t: TestGateway;
  beforeAll(async () => {
    t = await TestGateway.start(FREE);
    await t.initialize();
  });
  afterAll(() => t.stop());

  it('has the intent durable before the effect, and the outcome before the reply', async () => {
    const { audit } = t.gateway.home;
    const append = audit.append.bind(audit);
    const order: string[] = [];
    const spy = vi.spyOn(audit, 'append').mockImplementation(async (event) => {
      const entry = await append(event);
      order.push(`${event.eventType}, effect ${t.written().includes('ordered') ? 'seen' : 'not yet'}`);
      return entry;
    });
    const answer = await t.call('write', { line: 'ordered' });
    order.push('reply');
    spy.mockRestore();
    expect(order).toEqual(['tool.intent, effect not yet', 'tool.outcome, effect seen', 'reply']);
    const [intent, outcome] = (await entriesOf(t)).slice(-2);
    expect(outcome).toMatchObject({ id: receiptOf(answer), receipt: { intent: intent!.id, effect: { status: 'ok' } } });
    expect(outcome!.sequence).toBe(intent!.sequence + 1);
    expect(outcome!.correlationId).toBe(intent!.correlationId);
  });

  it('of a read is one entry', async () => {
    const before = (await entriesOf(t)).length;
    await t.call('echo', { message: 'm' });
    const added = (await entriesOf(t)).slice(before);
    expect(added.map((entry) => entry.eventType)).toEqual(['tool.read']);
  });

  it('says unknown where the server died with the call in its hands', async () => {
    expect(codeOf(await t.call('crash'))).toBe('UPSTREAM_FAILED');
    const [intent, outcome] = (await entriesOf(t)).slice(-2);
    expect([intent?.eventType, outcome?.receipt?.effect.status]).toEqual(['tool.intent', 'unknown']);
    expect(t.gateway.home.audit.openIntents).toEqual([]);
  });
});

describe('a log that cannot be written', () => {
  verifies('WM-RCP-2', 'XR-FAIL-1');

  it('means no action, with a clear code, and action again once it can', async () => {
    const t = await TestGateway.start(FREE);
    await t.initialize();
    const spy = vi.spyOn(t.gateway.home.audit, 'append').mockRejectedValue(new CodedError('AUDIT_UNAVAILABLE', 'full'));
    const refused = await t.call('write', { line: 'unlogged' });
    expect(codeOf(refused)).toBe('AUDIT_UNAVAILABLE');
    expect(t.written()).toBe('');
    // A read whose record cannot be made is not shown either.
    const read = await t.call('secret');
    expect(codeOf(read)).toBe('AUDIT_UNAVAILABLE');
    expect(JSON.stringify(read.message)).not.toContain('number is 7');
    spy.mockRestore();
    expect((await t.call('write', { line: 'logged' })).message.result).toBeDefined();
    expect(t.written()).toBe('logged\n');
    await t.stop();
  });

  it('withholds the answer where only the outcome could not be written, and leaves the intent open', async () => {
    const t = await TestGateway.start(FREE);
    await t.initialize();
    const { audit } = t.gateway.home;
    const append = audit.append.bind(audit);
    const spy = vi
      .spyOn(audit, 'append')
      .mockImplementation((event) =>
        event.eventType === 'tool.outcome'
          ? Promise.reject(new CodedError('AUDIT_UNAVAILABLE', 'full'))
          : append(event),
      );
    const answer = await t.call('write', { line: 'half' });
    expect(codeOf(answer)).toBe('AUDIT_UNAVAILABLE');
    expect(answer.message.error.data.hint).toContain('may have happened');
    spy.mockRestore();
    expect(audit.openIntents).toHaveLength(1);
    await t.stop(true);
    // The next start closes it, and says so.
    const again = await TestGateway.start({ ...FREE, home: t.home, unpinned: true });
    expect(again.gateway.home.recovery.closedIntents).toHaveLength(1);
    const last = (await entriesOf(again)).find((entry) => entry.operation.errorCode === 'AUDIT_INTERRUPTED');
    expect(last?.receipt?.effect.status).toBe('unknown');
    await again.stop();
  });

  it.skipIf(!canMount())(
    'on a disk that is really full: nothing runs, and work goes on when there is room',
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'ward-full-'));
      mkdirSync(join(home, 'log'), { mode: 0o700 });
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'tmpfs', join(home, 'log')]);
      try {
        const t = await TestGateway.start({ ...FREE, home });
        await t.initialize();
        expect((await t.call('write', { line: 'room' })).message.result).toBeDefined();
        const filler = join(home, 'log', 'filler');
        fill(filler);
        let refused: Answer | undefined;
        for (let i = 0; i < 40 && refused === undefined; i++) {
          const answer = await t.call('write', { line: `tight-${i}` });
          if (codeOf(answer) === 'AUDIT_UNAVAILABLE') refused = answer;
        }
        expect(codeOf(refused!)).toBe('AUDIT_UNAVAILABLE');
        const written = t.written();
        for (let i = 0; i < 5; i++)
          expect(codeOf(await t.call('write', { line: `none-${i}` }))).toBe('AUDIT_UNAVAILABLE');
        expect(t.written()).toBe(written);
        expect(t.written()).not.toContain('none');
        expect(t.logLines.join('')).toContain('audit.unavailable');
        rmSync(filler);
        await expect.poll(async () => (await t.call('write', { line: 'again' })).message.result).toBeDefined();
        expect(t.written()).toContain('again');
        expect((await t.gateway.home.audit.verify()).ok).toBe(true);
        await t.gateway.stop(undefined, 1_000);
      } finally {
        execFileSync('umount', ['-l', join(home, 'log')]);
        rmSync(home, { recursive: true, force: true });
      }
    },
  );
});

it('notes a clock that was set back, and orders by sequence', async () => {
  const clock = new MovedClock();
  const t = await TestGateway.start({ ...FREE, clock });
  await t.call('write', { line: 'before' });
  clock.skew = -3_600_000;
  expect((await t.call('write', { line: 'after' })).message.result).toBeDefined();
  const entries = await entriesOf(t);
  expect(entries.map((entry) => entry.eventType)).toContain('system.clock_back');
  expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, i) => i + 1));
  expect((await t.gateway.home.audit.verify()).ok).toBe(true);
  await t.stop();
});

describe('what was changed while the gateway was off', () => {
  let template: string;
  beforeAll(async () => {
    const t = await TestGateway.start(FREE);
    await t.initialize();
    for (let i = 0; i < 5; i++) await t.call('write', { line: `line-${i}` });
    await t.gateway.services.agents.add('other');
    await t.stop(true);
    template = t.home;
  });
  afterAll(() => rmSync(template, { recursive: true, force: true }));

  /** Starts on a changed copy: the code and text of the refusal, or the gateway. */
  async function startOn(change: (home: string) => void) {
    const home = mkdtempSync(join(tmpdir(), 'ward-changed-'));
    execFileSync('cp', ['-a', `${template}/.`, home]);
    change(home);
    const log = operatorLog({ nodeId: 'n', level: 'silent' });
    try {
      const gateway = await startGateway({ home, port: 0, log });
      const facts = { problem: gateway.policyProblem?.code, recovery: gateway.home.recovery };
      await gateway.stop(undefined, 500);
      return { code: undefined, message: '', hint: '', facts };
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { code: error.code, message: error.message, hint: error.hint ?? '', facts: undefined };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }

  const segmentOf = (home: string) =>
    join(home, 'log', readdirSync(join(home, 'log')).find((name) => /^segment-\d+$/.test(name))!);
  const sql = (home: string, statement: string) => {
    const database = new DatabaseSync(join(home, 'state.db'));
    database.exec(statement);
    database.close();
  };

  it('nothing: it starts (the control)', async () => {
    expect((await startOn(() => {})).code).toBeUndefined();
  });

  const CHANGES: readonly [string, (home: string) => void, RegExp][] = [
    ['a byte of the log', (home) => flip(segmentOf(home), 0.5), /^AUDIT_TAMPERED$/],
    ['the end of the log cut off', (home) => cut(segmentOf(home), 300), /^AUDIT_TAMPERED$/],
    ['the log removed', (home) => rmSync(segmentOf(home)), /^AUDIT_TAMPERED$/],
    ['a row of an agent', (home) => sql(home, 'UPDATE agents SET sealed = zeroblob(length(sealed))'), /NOT_GENUINE$/],
    [
      'an agent removed',
      (home) => sql(home, 'DELETE FROM agents WHERE rowid = (SELECT max(rowid) FROM agents)'),
      /NOT_GENUINE$/,
    ],
    ['a row of a pin', (home) => sql(home, 'UPDATE pins SET sealed = randomblob(length(sealed))'), /NOT_GENUINE$/],
    ['the pins removed', (home) => sql(home, 'DELETE FROM pins'), /NOT_GENUINE$/],
    [
      'a database that is none',
      (home) => writeFileSync(join(home, 'state.db'), 'x'.repeat(8_192)),
      /^STORE_DATABASE_CORRUPT$/,
    ],
    [
      'ward.yaml with an unknown setting',
      (home) => writeFileSync(join(home, 'ward.yaml'), 'version: 1\nroot: yes\n'),
      /^CONFIG_INVALID$/,
    ],
    ['ward.yaml gone', (home) => rmSync(join(home, 'ward.yaml')), /^CONFIG_UNREADABLE$/],
    ['the key gone', (home) => rmSync(join(home, 'keys/master.key')), /^HOME_KEY_MISSING$/],
    [
      'another key',
      (home) => writeFileSync(join(home, 'keys/master.key'), `${'A'.repeat(43)}=\n`),
      /NOT_GENUINE$|TAMPERED$|KEY/,
    ],
    [
      'the key readable by others',
      (home) => execFileSync('chmod', ['0644', join(home, 'keys/master.key')]),
      /^STORE_FILE_TOO_OPEN$/,
    ],
  ];
  for (const [what, change, code] of CHANGES) {
    it(`${what}: it does not start, and says why with a code and what to do`, async () => {
      const found = await startOn(change);
      expect(found.code).toMatch(code);
      expect(found.message).not.toBe('');
      expect(found.hint).not.toBe('');
    });
  }

  it('an old copy of the database put back is seen', async () => {
    const old = readFileSync(join(template, 'state.db'));
    const t = await TestGateway.start({ ...FREE, home: template, unpinned: true });
    await t.gateway.services.agents.revoke('other');
    await t.stop(true);
    const found = await startOn((home) => {
      writeFileSync(join(home, 'state.db'), old);
      for (const side of ['state.db-wal', 'state.db-shm']) rmSync(join(home, side), { force: true });
    });
    expect(found.code).toMatch(/NOT_GENUINE$/);
  });

  it('a broken policy: it starts, permits nothing, and says why', async () => {
    const found = await startOn((home) => writeFileSync(join(home, 'policies/default.cedar'), 'permit(everything);'));
    expect(found.facts?.problem).toBe('POLICY_INVALID');
  });

  it('another policy is a fact of the start in the log', async () => {
    const starts: unknown[] = [];
    for (const text of [
      '@id("a") permit(principal, action, resource);',
      '@id("b") forbid(principal, action, resource);',
    ]) {
      writeFileSync(join(template, 'policies/default.cedar'), text);
      const t = await TestGateway.start({ home: template, unpinned: true });
      const start = (await entriesOf(t)).findLast((entry) => entry.eventType === 'system.start');
      starts.push(start?.operation.parameters.policy);
      await t.stop(true);
    }
    expect(starts[0]).not.toBe(starts[1]);
  });
});

describe('secrets', () => {
  const CANARY = 'canary-hunter2-7f3a9c';
  const SEED = 'sEdTM1uX8pu2do5XvTnutH6HsouMaM2';
  let t: TestGateway;
  let token: string;
  const seen: string[] = [];
  beforeAll(async () => {
    t = await TestGateway.start();
    await t.initialize();
    token = await t.gateway.services.agents.add('guarded');
    const args = { line: `password=${CANARY} ${SEED}` };
    const answers = [
      await t.call('write', args),
      await t.call('write', { ...args, password: CANARY }),
      await t.call('nosuch', { password: CANARY, seed: SEED }),
      await t.raw(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${CANARY}","secret":"${CANARY}"}}`, {
        headers: t.sessionHeaders,
      }),
      await t.raw(`{"${CANARY}":`, { headers: t.sessionHeaders }),
      await t.raw('{}', { token: `${token}x`, headers: { 'x-api-key': CANARY } }),
      await t.raw('{}', { token: null, headers: { authorization: `Basic ${CANARY}` } }),
      await t.request('resources/read', { uri: `test://${CANARY}?password=${CANARY}` }),
    ];
    for (const answer of answers.slice(0, 7)) seen.push(JSON.stringify([answer.message, answer.headers]));
    await t.call('crash');
    const id = (await t.gateway.services.approvals.list({ principal: 'local' }))[0]!.id;
    await t.decide(id);
    await t.call('write', args);
  });
  afterAll(() => t.stop());

  const everything = async () => ({
    entries: JSON.stringify(await entriesOf(t)),
    lines: t.logLines.join(''),
    files: filesBelow(join(t.home, 'log')),
    state: ['state.db', 'state.db-wal']
      .map((name) => join(t.home, name))
      .filter(existsSync)
      .map((file) => readFileSync(file, 'latin1'))
      .join(''),
    answers: seen.join(''),
  });

  it('are in no log entry, log file, state file, operator line or error', async () => {
    verifies('XR-AUD-4', 'XR-ERR-1');
    for (const [where, text] of Object.entries(await everything())) {
      expect(text.length, where).toBeGreaterThan(100);
      for (const secret of [SEED, token, t.token, token.slice(-43), t.token.slice(-43)])
        expect(text.includes(secret), `${where} holds ${secret.slice(0, 6)}…`).toBe(false);
      expect(text.includes(CANARY), `${where} holds the canary`).toBe(false);
    }
  });

  it('the check itself sees a planted one', async () => {
    writeFileSync(join(t.home, 'log', 'planted'), CANARY);
    expect(filesBelow(join(t.home, 'log'))).toContain(CANARY);
    rmSync(join(t.home, 'log', 'planted'));
  });

  it('addresses of clients are in neither log', async () => {
    verifies('XR-AUD-4');
    const { entries, lines } = await everything();
    for (const text of [entries, lines]) expect(text).not.toMatch(/127\.0\.0\.1|::1|::ffff/);
  });
});

describe('the operator log', () => {
  verifies('CM-LOG-1', 'XR-ERR-1');

  it('is JSON lines with time, node, agent and the request id that the client was told', async () => {
    const t = await TestGateway.start();
    await t.initialize();
    const refused = await t.call('nosuch');
    const { correlationId } = refused.message.error.data;
    const lines = t.logLines.map((line): Loose => JSON.parse(line));
    for (const line of lines) {
      expect(line).toMatchObject({ nodeId: 'test', level: expect.any(String), event: expect.any(String) });
      expect(new Date(line.timestamp).toISOString()).toBe(line.timestamp);
    }
    expect(lines.find((line) => line.requestId === correlationId)).toMatchObject({
      event: 'call.refused',
      code: 'TOOL_UNKNOWN',
      agent: 'local',
      tool: 't.nosuch',
    });
    // An inner fault: the client gets the id, the operator the reason.
    vi.spyOn(t.gateway.services.labels, 'of').mockImplementation(() => {
      throw new Error('inner detail');
    });
    const failed = await t.call('echo', { message: 'm' });
    vi.restoreAllMocks();
    expect([failed.status, codeOf(failed)]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(failed.message)).not.toContain('inner detail');
    const fault = t.logLines.map((line): Loose => JSON.parse(line)).find((line) => line.event === 'fault');
    expect(fault).toMatchObject({
      requestId: failed.message.error.data.correlationId,
      agent: 'local',
      layer: 'authorise',
      error: { message: 'inner detail' },
    });
    await t.stop();
  });
});

function flip(file: string, where: number): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length * where);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(file, bytes);
}

function cut(file: string, bytes: number): void {
  writeFileSync(file, readFileSync(file).subarray(0, -bytes));
}

function fill(file: string): void {
  for (let size = 1_048_576; size >= 64; size = Math.floor(size / 2)) {
    try {
      writeFileSync(file, Buffer.alloc(size, 1), { flag: 'a' });
    } catch {
      // The rest of the room is filled with smaller pieces.
    }
  }
}

function filesBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

function canMount(): boolean {
  const at = mkdtempSync(join(tmpdir(), 'ward-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}
