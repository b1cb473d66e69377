import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@wardmesh/core';
import type { ConformanceErrorCode } from './error.ts';
import { freePort } from './free-port.ts';

const INSPECTOR = new URL('../../../node_modules/.bin/mcp-inspector', import.meta.url).pathname;
const READY = /up and running at:\s+(http:\/\/\S+?)\?/;
/** Time for its server to listen, ms. */
const START_MS = 30_000;

/** The web page of the official Inspector on a profile of its own: it knows no server and holds no token. */
export interface InspectorWeb {
  /** Where a person opens it to connect to one server; the token in it is the Inspector's own, for its own API. */
  connectTo(serverUrl: string): string;
  /** What it printed. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * @param caFile the authority its server trusts beside the usual ones
 * @throws CodedError CONFORMANCE_SUITE_FAILED where it does not start
 */
export async function startInspectorWeb(caFile: string): Promise<InspectorWeb> {
  const profile = await mkdtemp(join(tmpdir(), 'inspector-'));
  const token = randomBytes(32).toString('hex');
  const child = spawn(process.execPath, [INSPECTOR, '--web'], {
    // Nothing of the environment it runs in: neither a profile nor a token of somebody.
    env: {
      PATH: process.env.PATH ?? '',
      HOME: profile,
      MCP_STORAGE_DIR: profile,
      MCP_INSPECTOR_SECRET_STORE: 'memory',
      MCP_INSPECTOR_API_TOKEN: token,
      MCP_AUTO_OPEN_ENABLED: 'false',
      HOST: '127.0.0.1',
      CLIENT_PORT: String(await freePort()),
      MCP_SANDBOX_PORT: '0',
      MCP_APP_ORIGIN_PORT: '0',
      NODE_EXTRA_CA_CERTS: caFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await rm(profile, { recursive: true, force: true });
  };
  try {
    const origin = await started(child, (text) => {
      output += text;
      return READY.exec(output)?.[1];
    });
    return {
      connectTo: (serverUrl) =>
        `${origin}/?${new URLSearchParams({ serverUrl, transport: 'http', autoConnect: token })}`,
      output: () => output,
      stop,
    };
  } catch (cause) {
    await stop();
    const code: ConformanceErrorCode = 'CONFORMANCE_SUITE_FAILED';
    throw new CodedError(code, `the Inspector does not start:\n${output.slice(-2_000)}`, { cause });
  }
}

function started(child: ChildProcess, read: (text: string) => string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('time limit')), START_MS);
    const hear = (chunk: Buffer) => {
      const origin = read(chunk.toString());
      if (origin === undefined) return;
      clearTimeout(late);
      resolve(origin);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`exit ${code}`));
    });
  });
}
