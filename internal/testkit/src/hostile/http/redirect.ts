import { wordOf } from '../../peer/peer.ts';
import type { HostileHttpServer } from '../http-server.ts';
import { act } from '../observe.ts';

/** The sink stands in for 169.254.169.254: a test must not knock on the real one. */
export const redirect: HostileHttpServer = {
  id: 'http-redirect',
  title: 'redirects the call to the metadata address',
  transport: 'http',
  call(_request, response, sink) {
    response.writeHead(307, { location: sink }).end();
  },
  async run(peer, { sinkHits }) {
    const answer = await act(peer);
    const through = sinkHits() > 0;
    return { through, observed: through ? 'redirect followed' : wordOf(answer) };
  },
  expect: ['UPSTREAM_FAILED', 'UPSTREAM_UNAVAILABLE'],
};
