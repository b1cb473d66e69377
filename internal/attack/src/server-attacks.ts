import { randomUUID } from 'node:crypto';
import type { ServerAttack } from '@wardmesh/testkit/attack';
import {
  type GatewayUnderTest,
  GENEROUS_LIMITS,
  type ServerUnderTest,
  scriptServer,
  startGateway,
} from '@wardmesh/testkit/gateway';
import { type HostileHttpServer, httpServers, startHostileHttp, stdioServers } from '@wardmesh/testkit/hostile';
import { openHttpPeer, openStdioPeer, type Peer } from '@wardmesh/testkit/peer';
import { type Attempt, judgeAttempt, type Seen } from './attempt.ts';
import { each } from './each.ts';

const MAIN = new URL('../../testkit/src/hostile/main.ts', import.meta.url).pathname;
/** The gateway's time limit for a call; the client waits longer, the control less. */
const TIMEOUT = '6s';
const GATEWAY_WAIT_MS = 30_000;
const CONTROL_WAIT_MS = 2_000;
/** Attempts at once: two processors. */
const WIDTH = 2;

/** Runs every hostile server behind one gateway, and each bare. */
export async function runServerAttacks(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  if (![...stdioServers, ...httpServers].some(({ id }) => only(id))) return [];
  const marker = randomUUID();
  const http = await Promise.all(
    httpServers
      .filter(({ id }) => only(id))
      .map(async (attack) => ({ attack, running: await startHostileHttp(attack) })),
  );
  const stdio = stdioServers.filter(({ id }) => only(id));
  const servers: Record<string, ServerUnderTest> = {
    victim: scriptServer(MAIN, ['honest'], { timeout: TIMEOUT }),
  };
  for (const { id } of stdio) {
    servers[id] = scriptServer(MAIN, [id, marker], { timeout: TIMEOUT, startTimeout: '10s', labels: [] });
  }
  for (const { attack, running } of http) {
    const remote = {
      url: running.url,
      insecureLoopback: true,
      pins: 'trust-on-first-use',
      timeout: TIMEOUT,
      labels: [],
    };
    servers[attack.id] = remote;
  }
  let gateway: GatewayUnderTest | undefined;
  try {
    gateway = await startGateway({ servers, overrides: { limits: GENEROUS_LIMITS } });
    const started = gateway;
    const overStdio = await each(stdio, WIDTH, async (attack) => {
      const path = attack.aggregate ? '/mcp' : `/servers/${attack.id}/mcp`;
      const context = { marker, waitMs: GATEWAY_WAIT_MS, sinkHits: () => 0 };
      const seen = await play(attack, () => openThrough(started, path), context);
      const bare = () => openStdioPeer(process.execPath, [MAIN, attack.id, `bare-${marker}`], CONTROL_WAIT_MS);
      const control = await play(attack, bare, { ...context, marker: `bare-${marker}`, waitMs: CONTROL_WAIT_MS });
      return judgeAttempt(attack, 'server', seen, control);
    });
    const overHttp = await each(http, WIDTH, ({ attack, running }) => throughHttp(started, attack, running.sinkHits));
    return [...overStdio, ...overHttp];
  } finally {
    await gateway?.stop();
    for (const { running } of http) await running.close();
  }
}

async function throughHttp(
  gateway: GatewayUnderTest,
  attack: HostileHttpServer,
  sinkHits: () => number,
): Promise<Attempt> {
  const context = { marker: '', waitMs: GATEWAY_WAIT_MS, sinkHits };
  const seen = await play(attack, () => openThrough(gateway, `/servers/${attack.id}/mcp`), context);
  const bare = await startHostileHttp(attack);
  const control = await play(attack, () => openHttpPeer(bare.url), {
    ...context,
    waitMs: CONTROL_WAIT_MS,
    sinkHits: bare.sinkHits,
  });
  await bare.close();
  return judgeAttempt(attack, 'server', seen, control);
}

function openThrough(gateway: GatewayUnderTest, path: string): Promise<Peer> {
  return openHttpPeer(`${gateway.url}${path}`, { ca: gateway.ca, token: gateway.token, openMs: GATEWAY_WAIT_MS });
}

async function play(
  attack: ServerAttack,
  open: () => Promise<Peer>,
  context: Parameters<ServerAttack['run']>[1],
): Promise<Seen> {
  const peer = await open();
  try {
    return await attack.run(peer, context);
  } finally {
    await peer.close();
  }
}
