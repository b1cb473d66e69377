import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError, utf8 } from '@wardmesh/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectTo, secret, temporaryHome } from '../fixture.ts';
import { Peer, type PeerHandlers } from '../wire/peer.ts';
import { SignerClient } from './client.ts';

/** Something else that listens where a signer should. */
async function impostor(handlers: PeerHandlers): Promise<string> {
  const socket = join(await temporaryHome(), 's');
  const peers: Peer[] = [];
  const server = createServer((accepted) => peers.push(new Peer(accepted, handlers))).listen(socket);
  onTestFinished(() => {
    server.close();
    for (const peer of peers) peer.destroy();
  });
  await new Promise((done) => server.once('listening', done));
  return socket;
}

describe('the client', () => {
  test('says where no signer runs', async () => {
    const socket = join(await temporaryHome(), 'none');
    await expect(SignerClient.connect({ socket })).rejects.toMatchObject({ code: 'SIGNER_NOT_RUNNING' });
  });

  test('hands up the signer’s code, hint and times', async () => {
    const socket = await impostor({
      request: async () => Promise.reject(new Error('never seen')),
      toWire: () => ({
        code: 'VAULT_LOCKED_OUT',
        message: 'too many',
        hint: 'Wait.',
        retryAfter: 7,
        correlationId: 'c',
      }),
    });
    const client = await connectTo(socket);
    const error = await client.request('status', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CodedError);
    expect(error).toMatchObject({ code: 'VAULT_LOCKED_OUT', hint: 'Wait.', retryAfter: 7, correlationId: 'c' });
  });

  test('takes no answer that the protocol does not know, and wipes what came with it', async () => {
    const socket = await impostor({ request: async () => ({ result: { v: 2 }, attachments: [utf8('x')] }) });
    const client = await connectTo(socket);
    await expect(client.request('hello', { v: 1 })).rejects.toMatchObject({ code: 'SIGNER_PROTOCOL' });
  });

  test('answers questions about the ledger that are well put, and no other', async () => {
    const asked: unknown[] = [];
    const answers: unknown[] = [];
    const socket = await impostor({
      request: async (_method, _params, _attachments, peer) => {
        for (const [method, params] of [
          ['ledger.submit', { network: 'local', blob: 'AB'.repeat(20) }],
          ['ledger.submit', { network: 'moon', blob: 'AB'.repeat(20) }],
          ['toString', {}],
        ] as const) {
          answers.push(
            await peer.request(method, params).then(
              ({ result }) => result,
              ({ code }: { code: string }) => code,
            ),
          );
        }
        return { result: { v: 1, version: '1', networks: [] } };
      },
    });
    const client = await connectTo(socket, {
      ledger: {
        'ledger.facts': async () => Promise.reject(new Error('not asked')),
        'ledger.submit': async (params) => {
          asked.push(params);
          return {};
        },
        'ledger.outcome': async () => Promise.reject(new Error('not asked')),
      },
    });
    await client.request('hello', { v: 1 }, [secret('x')]);
    expect(asked).toEqual([{ network: 'local', blob: 'AB'.repeat(20) }]);
    expect(answers).toEqual([{}, 'LEDGER_UNAVAILABLE', 'SIGNER_METHOD_UNKNOWN']);
  });

  test('imports nothing that opens a key', () => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    const walk = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const text = readFileSync(file, 'utf8').replaceAll(/import type[^;]*;|export type[^;]*;/g, '');
      for (const [, name] of text.matchAll(/from '([^']+)'/g)) {
        if (name!.startsWith('.')) walk(resolve(dirname(file), name!));
        else packages.add(name!);
      }
    };
    walk(fileURLToPath(new URL('./index.ts', import.meta.url)));
    expect([...packages].sort()).toEqual(['@wardmesh/core', 'node:net', 'zod']);
  });
});
