import { textOf, wordOf } from '../../peer/peer.ts';
import { act } from '../observe.ts';
import type { HostileServer } from '../server.ts';

export const wrongRevision: HostileServer = {
  id: 'wrong-revision',
  title: 'negotiates a protocol version that does not exist',
  transport: 'stdio',
  script: { initialize: { protocolVersion: '1999-01-01' } },
  async run(peer) {
    const through = textOf(peer.opened).includes('1999-01-01');
    const answer = through ? peer.opened : await act(peer);
    return { through, observed: through ? 'revision accepted' : wordOf(answer) };
  },
  expect: ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_FAILED', 'TOOL_UNKNOWN', 'SERVER_NOT_REVIEWED'],
};
