import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { concatBytes, type JsonObject, utf8 } from '@wardmesh/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { secret, temporaryHome } from '../fixture.ts';
import { FRAME_DEADLINE, MAX_IN_FLIGHT } from '../limits.ts';
import { frameHead } from './frame.ts';
import { Peer, type PeerHandlers } from './peer.ts';

/** Two ends of one Unix socket; the second is bare where no handlers are given. */
async function pair(server: PeerHandlers, client?: PeerHandlers) {
  const path = join(await temporaryHome(), 's');
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer((socket) => accepted.resolve(socket)).listen(path);
  const socket = connect(path);
  onTestFinished(() => {
    socket.destroy();
    listener.close();
  });
  const answering = new Peer(await accepted.promise, server);
  return { answering, socket, asking: client === undefined ? undefined! : new Peer(socket, client) };
}

const echo: PeerHandlers = {
  request: async (method, params, attachments) => ({
    result: { method, params },
    attachments: attachments.map((part) => part.slice()),
  }),
};
const frame = (value: object, attachments = new Uint8Array(0)) =>
  concatBytes(frameHead(utf8(JSON.stringify(value)), attachments.length), attachments);
const call = (id: number, method = 'm', params: JsonObject = {}) => frame({ jsonrpc: '2.0', id, method, params });

describe('a peer', () => {
  test('answers with result and attachments, and wipes what it sent', async () => {
    const { asking } = await pair(echo, {});
    const sent = secret('canary');
    const { result, attachments } = await asking.request('m', { a: 1 }, [sent]);
    expect(result).toEqual({ method: 'm', params: { a: 1 } });
    expect(attachments.map((part) => new TextDecoder().decode(part))).toEqual(['canary']);
    expect([...sent]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('wipes the attachments of a request when its answer is given', async () => {
    let seen: readonly Uint8Array[] = [];
    const { asking } = await pair(
      {
        request: async (_method, _params, attachments) => {
          seen = attachments;
          return { result: attachments[0]!.length };
        },
      },
      {},
    );
    expect((await asking.request('m', {}, [secret('canary')])).result).toBe(6);
    expect([...seen[0]!]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('asks in both directions over one connection', async () => {
    const { asking } = await pair(
      { request: async (_method, _params, _attachments, peer) => peer.request('back', {}) },
      { request: async (method) => ({ result: `${method} answered` }) },
    );
    expect((await asking.request('there', {})).result).toBe('back answered');
  });

  test('hands up the code of an error, and none of what is not coded', async () => {
    const { asking } = await pair({ request: async () => Promise.reject(new Error('canary /etc/shadow')) }, {});
    await expect(asking.request('m', {})).rejects.toMatchObject({
      code: 'SIGNER_INTERNAL',
      message: 'Internal error - access denied',
    });
  });

  test('answers at most so many requests at a time, and tells the others', async () => {
    const gate = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const { socket, answering } = await pair({
      request: async () => {
        most = Math.max(most, ++running);
        await gate.promise;
        running--;
        return { result: true };
      },
    });
    let answers = '';
    socket.on('data', (chunk) => {
      answers += chunk.toString('latin1');
    });
    socket.write(concatBytes(...Array.from({ length: MAX_IN_FLIGHT + 10 }, (_, id) => call(id))));
    await expect.poll(() => answers.split('SIGNER_BUSY').length - 1).toBe(10);
    expect(answering.inFlight).toBe(MAX_IN_FLIGHT);
    gate.resolve();
    await expect.poll(() => answers.split('"result":true').length - 1).toBe(MAX_IN_FLIGHT);
    expect(most).toBe(MAX_IN_FLIGHT);
  });

  test.each<[string, Uint8Array]>([
    ['garbage', new Uint8Array(64).fill(0xab)],
    ['an oversize frame', Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)],
    ['JSON that is none', concatBytes(frameHead(utf8('{nope'), 0))],
    ['a frame of no message', frame({ hello: 'world' })],
    ['one id twice', concatBytes(call(1, 'wait'), call(1, 'wait'))],
  ])('closes the connection after %s', async (_name, bytes) => {
    const { socket, answering } = await pair({ request: () => new Promise(() => undefined) });
    socket.write(bytes);
    await answering.closed;
    await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true);
  });

  test('closes the connection of one who does not read the answers', async () => {
    const { socket, answering } = await pair({ request: async () => ({ result: 'x'.repeat(3_000_000) }) });
    socket.pause();
    for (let id = 0; id < 40; id++) socket.write(call(id));
    await answering.closed;
  });

  test('says so where the other side goes before it answers, and wipes the secrets', async () => {
    const { asking, answering } = await pair({ request: () => new Promise(() => undefined) }, {});
    const sent = secret('canary');
    const answer = asking.request('m', {}, [sent]);
    await expect.poll(() => answering.inFlight).toBe(1);
    answering.destroy();
    await expect(answer).rejects.toMatchObject({ code: 'SIGNER_CONNECTION_LOST' });
    expect([...sent]).toEqual([0, 0, 0, 0, 0, 0]);
    await expect(asking.request('m', {})).rejects.toMatchObject({ code: 'SIGNER_CONNECTION_LOST' });
  });

  test('gives up at its deadline and drops the late answer', async () => {
    const gate = Promise.withResolvers<void>();
    const { asking } = await pair(
      {
        request: async (method) => {
          if (method === 'slow') await gate.promise;
          return { result: method };
        },
      },
      {},
    );
    await expect(asking.request('slow', {}, [], 20)).rejects.toMatchObject({ code: 'SIGNER_TIMEOUT' });
    gate.resolve();
    expect((await asking.request('next', {})).result).toBe('next');
  });

  test('ignores answers to questions that it never asked', async () => {
    const { socket, answering } = await pair(echo);
    socket.write(frame({ jsonrpc: '2.0', id: 77, result: {} }));
    socket.write(call(1));
    const [answer] = (await socket.take(1).toArray()) as Buffer[];
    expect(answer!.toString('latin1')).toContain('"id":1');
    expect(answering.inFlight).toBe(0);
  });
});

describe('a frame that is sent slowly', () => {
  test('is waited for no longer than its deadline', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { socket, answering } = await pair(echo);
    let isClosed = false;
    void answering.closed.then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => socket.write(call(1).subarray(0, 20), resolve));
    while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(FRAME_DEADLINE - 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    vi.advanceTimersByTime(1);
    await answering.closed;
  });
});
