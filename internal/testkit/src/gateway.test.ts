import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { type GatewayUnderTest, scriptServer, startGateway } from './gateway.ts';
import { openHttpPeer } from './peer/http.ts';

const HONEST = new URL('./hostile/main.ts', import.meta.url).pathname;

async function say(gateway: GatewayUnderTest, agent: string, text: string) {
  const peer = await openHttpPeer(`${gateway.url}/servers/honest/mcp`, {
    ca: gateway.ca,
    token: gateway.tokens[agent] ?? '',
  });
  try {
    return await peer.ask('tools/call', { name: 'act', arguments: { text } });
  } finally {
    await peer.close();
  }
}

it('starts a gateway, gives its agents tokens, kills it and starts it again on the same home', async () => {
  const servers = { honest: scriptServer(HONEST, ['honest'], { labels: [] }) };
  const first = await startGateway({ servers, agents: ['second'] });
  try {
    expect(await say(first, 'local', 'one')).toMatchObject({ result: { content: [{ text: 'one' }] } });
    expect(await say(first, 'second', 'two')).toMatchObject({ result: { content: [{ text: 'two' }] } });
    await first.kill9();
    const again = await startGateway({ servers, home: first.home });
    try {
      expect(await say(again, 'local', 'three')).toMatchObject({ result: { content: [{ text: 'three' }] } });
    } finally {
      await again.stop();
    }
  } finally {
    await first.kill9();
    await rm(first.home, { recursive: true, force: true });
  }
}, 120_000);
