import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@wardmesh/core';
import { readyUrl, startProcess } from '@wardmesh/testkit/process';
import { onCpu } from './cpu.ts';
import type { BenchErrorCode } from './error.ts';
import { CPU_UNDER_TEST, READY_MS } from './limits.ts';
import type { LoadTarget } from './raw-load.ts';

/** Something that can be put under load. */
export interface Subject {
  readonly target: LoadTarget;
  stop(): Promise<void>;
}

const file = (name: string): string => new URL(`./${name}`, import.meta.url).pathname;
const bin = (name: string): string => new URL(`../../../node_modules/.bin/${name}`, import.meta.url).pathname;

/** The command of the stdio echo server. */
export const ECHO_STDIO = file('echo-stdio.ts');

/** The bare HTTP echo server: the floor, or the upstream of what is under test. */
export async function startEchoHttp(cpu: number): Promise<Subject> {
  const echo = await startProcess({ command: process.execPath, args: [file('echo-http.ts')], cpu }, readyUrl);
  return { target: { url: echo.ready }, stop: () => echo.stop() };
}

/** A plain SDK server and client back to back, over the HTTP echo server. */
export async function startSdkPair(upstream: string): Promise<Subject> {
  const args = [file('sdk-pair.ts'), '--upstream', upstream];
  const pair = await startProcess({ command: process.execPath, args, cpu: CPU_UNDER_TEST }, readyUrl);
  return { target: { url: pair.ready }, stop: () => pair.stop() };
}

/** `mcp-proxy` over the stdio echo server, as it comes. */
export function startMcpProxy(): Promise<Subject> {
  return startPeer((port) => [
    ...[process.execPath, bin('mcp-proxy'), '--host', '127.0.0.1', '--port', String(port), '--server', 'stream'],
    ...['--', process.execPath, ECHO_STDIO],
  ]);
}

/** `supergateway` over the stdio echo server, with sessions: without them it starts a child for every request. */
export function startSupergateway(): Promise<Subject> {
  return startPeer((port) => [
    ...[process.execPath, bin('supergateway'), '--stdio', `${process.execPath} ${ECHO_STDIO}`],
    ...['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port), '--logLevel', 'none'],
  ]);
}

/** Peers print no ready line, so their port is tried; they start children, so their whole group is ended. */
async function startPeer(commandFor: (port: number) => readonly string[]): Promise<Subject> {
  const port = await freePort();
  const [command, ...args] = onCpu(CPU_UNDER_TEST, commandFor(port));
  const child = spawn(command as string, args, { detached: true, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(100)) {
    if (await listens(port)) return { target: { url: `http://127.0.0.1:${port}/mcp` }, stop };
    if (child.exitCode !== null) break;
  }
  await stop();
  throw new CodedError<BenchErrorCode>('BENCH_PEER_FAILED', `${args.slice(0, 4).join(' ')} did not start`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
