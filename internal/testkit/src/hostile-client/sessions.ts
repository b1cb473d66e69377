import type { Observation } from '../attack.ts';
import { INITIALIZE } from '../peer/peer.ts';
import { draft, judge, newMarker, setHeader, toBytes } from './call.ts';
import type { ClientAttack, Target } from './target.ts';
import { send } from './wire.ts';

const REVISION = INITIALIZE.protocolVersion;

/** Sessions that are not the client's own. */
export const sessionAttacks: readonly ClientAttack[] = [
  {
    id: 'session-hijack',
    title: "uses another agent's session id with a token of its own",
    async run(target) {
      const id = await openSession(target, 'local');
      return id === undefined ? { through: false, observed: 'no session' } : callIn(target, id, 'mallory');
    },
    expect: ['SESSION_UNKNOWN'],
  },
  {
    id: 'session-guess',
    title: 'makes up a session id',
    run: (target) => callIn(target, '00000000-0000-4000-8000-000000000000', 'mallory'),
    expect: ['SESSION_UNKNOWN'],
  },
  {
    id: 'session-after-end',
    title: 'goes on after it ended its session',
    async run(target) {
      const id = await openSession(target, 'local');
      if (id === undefined) return { through: false, observed: 'no session' };
      const end = draft(target, '');
      end.method = 'DELETE';
      end.body = '';
      setHeader(end, 'Mcp-Session-Id', id);
      setHeader(end, 'MCP-Protocol-Version', REVISION);
      await send(target, toBytes(end));
      return callIn(target, id, 'local');
    },
    expect: ['SESSION_UNKNOWN'],
  },
];

async function openSession(target: Target, agent: string): Promise<string | undefined> {
  const call = draft(target, '', agent);
  call.body = JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: INITIALIZE });
  for (const name of ['MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name']) setHeader(call, name, undefined);
  return (await send(target, toBytes(call))).headers['mcp-session-id'];
}

async function callIn(target: Target, session: string, agent: string): Promise<Observation> {
  const marker = newMarker();
  const call = draft(target, marker, agent);
  setHeader(call, 'Mcp-Session-Id', session);
  setHeader(call, 'MCP-Protocol-Version', REVISION);
  for (const name of ['Mcp-Method', 'Mcp-Name']) setHeader(call, name, undefined);
  const params = { name: 'act', arguments: { text: marker } };
  call.body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return judge(await send(target, toBytes(call)), marker);
}
