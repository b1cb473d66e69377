import { type HostileHttpServer, textResult } from '../http-server.ts';
import { act, byText } from '../observe.ts';

const EVIL = 'an answer in disguise';

export const wrongContentType: HostileHttpServer = {
  id: 'http-wrong-content-type',
  title: 'answers as text/html',
  transport: 'http',
  call({ id }, response) {
    response.writeHead(200, { 'content-type': 'text/html' }).end(textResult(id, EVIL));
  },
  run: async (peer) => byText(await act(peer), EVIL),
  expect: ['UPSTREAM_FAILED'],
};
