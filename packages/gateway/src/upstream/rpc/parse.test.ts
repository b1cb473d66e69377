import { describe, expect, it } from 'vitest';
import { parseMessage } from './parse.ts';

describe('reading a message', () => {
  it.each([
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":"a","method":"x"}',
    '{"jsonrpc":"2.0","method":"x","params":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":""}}',
    '{"jsonrpc":"2.0","error":{"code":-1,"message":""}}',
  ])('takes %s', (text) => {
    expect(parseMessage(Buffer.from(text))).toMatchObject({ ok: true });
  });

  it.each([
    ['[{"jsonrpc":"2.0","id":1,"result":{}}]', 'not JSON-RPC'],
    ['{"id":1,"result":{}}', 'not JSON-RPC'],
    ['{"jsonrpc":"1.0","id":1,"result":{}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1.5,"result":{}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1e400,"result":{}}', 'not strict JSON'],
    ['{"jsonrpc":"2.0","id":null,"result":{}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"result":[]}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"method":"x","result":{}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"method":"x","params":[]}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":""}}', 'not JSON-RPC'],
    ['{"jsonrpc":"2.0","id":1,"id":2,"result":{}}', 'not strict JSON'],
    [`{"jsonrpc":"2.0","id":1,"result":${'{"a":'.repeat(70)}1${'}'.repeat(71)}`, 'not strict JSON'],
    ['\ufeff{"jsonrpc":"2.0","id":1,"result":{}}', 'not strict JSON'],
    ['', 'not strict JSON'],
  ])('refuses %s', (text, error) => {
    expect(parseMessage(Buffer.from(text))).toEqual({ ok: false, error });
  });

  it('refuses what is not UTF-8', () => {
    expect(parseMessage(Buffer.from([0x22, 0xff, 0x22]))).toEqual({ ok: false, error: 'not UTF-8' });
  });
});
