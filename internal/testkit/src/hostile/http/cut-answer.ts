import { type HostileHttpServer, textResult } from '../http-server.ts';
import { act, bySilence } from '../observe.ts';

export const cutAnswer: HostileHttpServer = {
  id: 'http-cut-answer',
  title: 'announces more bytes than it sends, then hangs up',
  transport: 'http',
  call({ id }, response) {
    const body = textResult(id, 'done');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length * 2 });
    response.write(body.slice(0, -10));
    setTimeout(() => response.destroy(), 200);
  },
  run: async (peer, { waitMs }) => bySilence(await act(peer, waitMs)),
  expect: ['UPSTREAM_FAILED'],
};
