import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlClient } from './control-client.ts';
import { homePaths } from './home-paths.ts';
import { FakeControl, FakeError } from './testing/fake-control.ts';
import { TestTerminal } from './testing/terminal.ts';

describe('ControlClient', () => {
  let terminal: TestTerminal;
  let client: ControlClient;
  beforeEach(() => {
    terminal = new TestTerminal();
    client = new ControlClient(homePaths(terminal.home).controlSocket);
  });
  afterEach(() => terminal.dispose());

  it('says that no gateway runs, with or without a socket left behind', async () => {
    await expect(client.status()).rejects.toMatchObject({
      code: 'GATEWAY_NOT_RUNNING',
      hint: 'Start it with ward up.',
    });
    mkdirSync(join(terminal.home, 'run'), { recursive: true });
    const dead = createServer().listen(homePaths(terminal.home).controlSocket);
    await once(dead, 'listening');
    // Closing removes the file, so the process must seem to have died: nothing accepts behind it.
    dead.close();
    await expect(client.status()).rejects.toMatchObject({ code: 'GATEWAY_NOT_RUNNING' });
  });

  it.each([
    ['text', (_: unknown, response: import('node:http').ServerResponse) => void response.writeHead(200).end('hello')],
    ['a list where none belongs', { servers: 'x' }],
    ['an error without a code', new FakeError(500, { error: 'x' })],
    [
      'an error that is no JSON',
      (_: unknown, response: import('node:http').ServerResponse) => void response.writeHead(500).end('oops'),
    ],
  ])('refuses %s', async (_name, answer) => {
    const control = await FakeControl.start(terminal.home, { 'GET /v1/servers': answer });
    await expect(client.servers()).rejects.toMatchObject({ code: 'GATEWAY_PROTOCOL' });
    await control.close();
  });

  it('keeps an id inside its path segment', async () => {
    const control = await FakeControl.start(terminal.home, {
      'GET /v1/approvals/..%2F..%2Fagents%3Fx': { id: 'safe' },
    });
    expect(await client.approval('../../agents?x')).toEqual({ id: 'safe' });
    await control.close();
  });

  it('streams progress, and throws an error that comes in the middle', async () => {
    const control = await FakeControl.start(terminal.home, {
      'POST /v1/audit/verify': (_: unknown, response: import('node:http').ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        response.write('{"checked":1,"total":2}\n');
        response.end('{"error":{"code":"AUDIT_TAMPERED","message":"damage"}}\n');
      },
    });
    const seen: unknown[] = [];
    await expect(async () => {
      for await (const line of client.verifyAudit()) seen.push(line);
    }).rejects.toMatchObject({ code: 'AUDIT_TAMPERED' });
    expect(seen).toEqual([{ checked: 1, total: 2 }]);
    await control.close();
  });
});
