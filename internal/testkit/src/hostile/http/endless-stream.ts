import { setTimeout as sleep } from 'node:timers/promises';
import type { HostileHttpServer } from '../http-server.ts';
import { act, bySilence } from '../observe.ts';

export const endlessStream: HostileHttpServer = {
  id: 'http-endless-stream',
  title: 'streams comments for ever and never answers',
  transport: 'http',
  async call(_request, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    while (!response.destroyed) {
      response.write(': still here\n\n');
      await sleep(50);
    }
  },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['TIMEOUT'],
};
