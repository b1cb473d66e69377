import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from './echo.ts';

const session = (method: string, params: object = {}) => JSON.stringify({ jsonrpc: '2.0', id: 7, method, params });
const stateless = (method: string, params: object = {}) =>
  session(method, { ...params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });

describe('the echo server', () => {
  it.each([
    ['initialize', session('initialize', { protocolVersion: '2025-06-18' }), { protocolVersion: '2025-06-18' }],
    [
      'an unknown revision',
      session('initialize', { protocolVersion: '1999-01-01' }),
      { protocolVersion: '2025-11-25' },
    ],
    ['server/discover', stateless('server/discover'), { supportedVersions: ['2026-07-28'] }],
    ['tools/list', session('tools/list'), { tools: [{ name: 'echo' }] }],
    ['a stateless list', stateless('tools/list'), { resultType: 'complete', tools: [{ name: 'echo' }] }],
    ['a call', session('tools/call', { name: 'echo', arguments: { message: 'hé' } }), { content: [{ text: 'hé' }] }],
    [
      'a stateless call',
      stateless('tools/call', { name: 'echo', arguments: { message: '"\n' } }),
      { resultType: 'complete', content: [{ text: '"\n' }] },
    ],
  ])('answers %s', (_title, request, result) => {
    expect(JSON.parse(answer(request) ?? '')).toMatchObject({ jsonrpc: '2.0', id: 7, result });
  });

  it.each([
    ['an unknown method', session('nope'), -32601],
    ['an unknown tool', session('tools/call', { name: 'nope' }), -32602],
    ['garbage', '{', -32700],
  ])('refuses %s', (_title, request, code) => {
    expect(JSON.parse(answer(request) ?? '')).toMatchObject({ error: { code } });
  });

  it('stays silent on notifications', () => {
    expect(answer('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toBeUndefined();
  });
});

describe('its transports', () => {
  const http = spawn(process.execPath, [new URL('./echo-http.ts', import.meta.url).pathname]);
  const stdio = spawn(process.execPath, [new URL('./echo-stdio.ts', import.meta.url).pathname]);
  let url = '';

  beforeAll(async () => {
    for await (const line of createInterface(http.stdout)) {
      url = (JSON.parse(line) as { url: string }).url;
      break;
    }
  });
  afterAll(() => {
    http.kill();
    stdio.kill();
  });

  it('answers over HTTP, and 202 to a notification', async () => {
    const response = await fetch(url, { method: 'POST', body: session('ping') });
    expect(await response.json()).toEqual({ jsonrpc: '2.0', id: 7, result: {} });
    const notified = await fetch(url, {
      method: 'POST',
      body: '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    });
    expect(notified.status).toBe(202);
  });

  it('answers over stdio, also to a line that arrives in halves', async () => {
    const line = session('tools/call', { name: 'echo', arguments: { message: 'ü' } });
    const bytes = Buffer.from(`${line}\n`);
    const cut = bytes.indexOf(Buffer.from('ü')) + 1;
    stdio.stdin.write(bytes.subarray(0, cut));
    setTimeout(() => stdio.stdin.write(bytes.subarray(cut)), 50);
    for await (const reply of createInterface(stdio.stdout)) {
      expect(JSON.parse(reply)).toMatchObject({ id: 7, result: { content: [{ text: 'ü' }] } });
      break;
    }
  });
});
