import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '@wardmesh/core';
import { verifies } from '@wardmesh/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveToken } from '../endpoint/token.ts';
import { homePaths } from '../home-paths.ts';
import { makeDirectorySecure } from '../operator/private-file.ts';
import { FakeControl } from '../testing/fake-control.ts';
import { TestTerminal } from '../testing/terminal.ts';
import { TlsFront, TOKEN } from '../testing/tls-front.ts';

const RECEIPT = '0b9f9a40-0000-4000-8000-000000000000';

describe('ward call', () => {
  let terminal: TestTerminal;
  let control: FakeControl;
  let front: TlsFront;
  let asked: { headers: IncomingMessage['headers']; body: JsonObject & { params?: JsonObject } };
  let answer: JsonObject;

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = '';
    for await (const part of request) text += part;
    asked = { headers: request.headers, body: JSON.parse(text) };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer }));
  };

  beforeEach(async () => {
    terminal = new TestTerminal();
    await makeDirectorySecure(terminal.home);
    front = await TlsFront.start((request, response) => void respond(request, response));
    const caFile = `${terminal.folder}/ca.pem`;
    writeFileSync(caFile, front.ca);
    control = await FakeControl.start(terminal.home, {
      'GET /v1/status': { url: front.origin, caFile, pin: front.pin },
    });
    await saveToken(homePaths(terminal.home).tokenFile('local'), TOKEN);
    asked = { headers: {}, body: {} };
    answer = {
      result: {
        content: [{ type: 'text', text: 'hi' }],
        _meta: { 'wardmesh/receipt': RECEIPT },
        resultType: 'complete',
      },
    };
  });
  afterEach(async () => {
    await control.close();
    await front.close();
    terminal.dispose();
  });

  it('tells a refusal of the gateway that comes as a tool error as what it is', async () => {
    answer = {
      result: {
        content: [{ type: 'text', text: 'The arguments do not fit the tool. /message: type' }],
        isError: true,
        _meta: {
          'wardmesh/error': { code: 'ARGUMENTS_INVALID', correlationId: 'c-9', hint: '/message: type' },
          'wardmesh/receipt': RECEIPT,
        },
        resultType: 'complete',
      },
    };
    const outcome = await terminal.run(['call', 'everything.echo', '{"message":5}']);
    expect(outcome).toEqual({
      exit: 1,
      stdout: '',
      stderr: 'ward: The arguments do not fit the tool. /message: type (ARGUMENTS_INVALID)\n      correlation id c-9\n',
    });
  });

  it('prints the result on stdout and the receipt beside it', async () => {
    const outcome = await terminal.run(['call', 'everything.echo', '{"message":"hi"}']);
    expect(outcome).toEqual({ exit: 0, stdout: 'hi\n', stderr: `receipt ${RECEIPT}\n` });
    expect(front.seen).toEqual(['POST /servers/everything/mcp']);
    expect(asked.headers).toMatchObject({
      'mcp-method': 'tools/call',
      'mcp-name': 'echo',
      'mcp-protocol-version': '2026-07-28',
    });
    expect(asked.body).toMatchObject({ method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' } } });
  });

  it('gives machines both in one object', async () => {
    const { stdout } = await terminal.run(['call', 'everything.echo', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ result: { content: [{ text: 'hi' }] }, receipt: RECEIPT });
  });

  it('reads arguments from stdin', async () => {
    await terminal.run(['call', 'everything.echo', '-'], '{"message":"piped"}');
    expect(asked.body.params?.arguments).toEqual({ message: 'piped' });
  });

  it.each([
    ['no JSON', '{x'],
    ['a duplicate key', '{"a":1,"a":2}'],
    ['a list', '[]'],
  ])('refuses arguments that are %s before anything is sent', async (_name, json) => {
    const { exit, stderr } = await terminal.run(['call', 'everything.echo', json]);
    expect([exit, stderr.includes('INPUT_INVALID')]).toEqual([2, true]);
    expect(front.seen).toEqual([]);
  });

  it('says how to approve a parked call and ends with 3', async () => {
    answer = {
      error: {
        code: -32001,
        message: 'A person has to approve this call.',
        data: { code: 'APPROVAL_REQUIRED', correlationId: 'c-9', approvalId: 'a-1', receipt: RECEIPT },
      },
    };
    const plain = await terminal.run(['call', 'files.write_file']);
    expect(plain.exit).toBe(3);
    expect(plain.stderr).toContain('ward approvals approve a-1');
    expect(plain.stderr).toContain('--approval a-1');
    const json = await terminal.run(['call', 'files.write_file', '--json']);
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'APPROVAL_REQUIRED', approvalId: 'a-1', receipt: RECEIPT });
  });

  it('names the approval it has, and asks to be kept waiting where told to', async () => {
    await terminal.run(['call', 'files.write_file', '--approval', 'a-1', '--wait']);
    expect(asked.body.params?._meta).toMatchObject({ 'wardmesh/approval': 'a-1', 'wardmesh/wait': true });
    await terminal.run(['call', 'files.write_file']);
    expect(asked.body.params?._meta).not.toHaveProperty(['wardmesh/approval']);
    expect(asked.body.params?._meta).toMatchObject({ 'wardmesh/wait': false });
  });

  it.each([
    ['POLICY_DENIED', 3],
    ['LOCKED_OUT', 3],
    ['UPSTREAM_UNAVAILABLE', 5],
    ['TIMEOUT', 1],
    ['ARGUMENTS_INVALID', 1],
  ])('ends with the exit code of %s', async (code, exit) => {
    answer = { error: { code: -32001, message: 'no', data: { code, correlationId: 'c-1', hint: 'h' } } };
    const outcome = await terminal.run(['call', 'a.b', '--json']);
    expect(outcome.exit).toBe(exit);
    expect(JSON.parse(outcome.stderr)).toEqual({ code, message: 'no', hint: 'h', correlationId: 'c-1' });
  });

  it("tells a tool's own error from a result", async () => {
    answer = { result: { isError: true, content: [{ type: 'text', text: 'no such file' }] } };
    const outcome = await terminal.run(['call', 'files.read_file']);
    expect([outcome.exit, outcome.stdout]).toEqual([1, 'no such file\n']);
  });

  it('shows no control sequence that a tool put into its result', async () => {
    answer = { result: { content: [{ type: 'text', text: '\u001b]0;title\u0007x' }] } };
    expect((await terminal.run(['call', 'a.b'])).stdout).toBe('\\u{1b}]0;title\\u{7}x\n');
  });

  it('reads an event stream, with progress before the answer', async () => {
    front.handler = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(
        'data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}\n\n',
      );
      response.end(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, ...answer })}\n\n`);
    };
    expect((await terminal.run(['call', 'a.b'])).stdout).toBe('hi\n');
  });

  describe('reaches only the gateway it knows', () => {
    verifies('CM-TLS-1');

    it('refuses another key, and sends no token to it', async () => {
      const other = await TlsFront.start(() => {});
      control.routes['GET /v1/status'] = { url: front.origin, caFile: `${terminal.folder}/ca.pem`, pin: other.pin };
      const { exit } = await terminal.run(['call', 'a.b']);
      expect(exit).not.toBe(0);
      expect(front.seen).toEqual([]);
      await other.close();
    });

    it('refuses plain http to anything but this machine', async () => {
      control.routes['GET /v1/status'] = { url: 'http://192.0.2.1:7443', caFile: null, pin: null };
      const { exit, stderr } = await terminal.run(['call', 'a.b']);
      expect([exit, stderr.includes('is not https')]).toEqual([5, true]);
    });

    it('refuses a token file that is open to others', async () => {
      const { chmodSync } = await import('node:fs');
      chmodSync(homePaths(terminal.home).tokenFile('local'), 0o644);
      const { exit, stderr } = await terminal.run(['call', 'a.b']);
      expect([exit, stderr.includes('TOKEN_MISSING'), stderr.includes(TOKEN)]).toEqual([3, true, false]);
    });
  });

  it('says that the connection ended before the answer', async () => {
    front.handler = (request) => void request.socket.destroy();
    const { exit, stderr } = await terminal.run(['call', 'a.b']);
    expect([exit, stderr.includes('GATEWAY_UNREACHABLE')]).toEqual([5, true]);
  });
});
