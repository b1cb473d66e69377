import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CodedError, type Json } from '@wardmesh/core';
import type { TestkitErrorCode } from './error.ts';
import { startProcess } from './process.ts';

const run = promisify(execFile);
const REPOSITORY = new URL('../../../', import.meta.url).pathname;
const CLI = new URL('../../../packages/cli/src/main.ts', import.meta.url).pathname;

/** One upstream of a gateway under test: a command or an address. */
export type ServerUnderTest =
  | {
      readonly command: string;
      readonly args?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      readonly [key: string]: Json | undefined;
    }
  | { readonly package: string; readonly [key: string]: Json | undefined }
  | { readonly url: string; readonly [key: string]: Json | undefined };

export interface GatewayOptions {
  readonly servers: Readonly<Record<string, ServerUnderTest>>;
  /** Agents to add beside `local`. */
  readonly agents?: readonly string[];
  /** Top-level keys of `ward.yaml`, merged over those the kit writes. */
  readonly overrides?: Readonly<Record<string, Json>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the gateway on this CPU only. */
  readonly cpu?: number;
  /** An existing home to use again (after `kill9`); it is then not removed. */
  readonly home?: string;
}

/** A gateway started the way an operator starts it, on a home of its own. */
export interface GatewayUnderTest {
  /** `https://127.0.0.1:PORT`, no path. */
  readonly url: string;
  /** The gateway's own CA, PEM, and where it is. */
  readonly ca: string;
  readonly caFile: string;
  /** Bearer token of the agent `local`. */
  readonly token: string;
  /** Bearer tokens of all agents by name. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly home: string;
  readonly pid: number;
  output(): string;
  /** Runs the `ward` command on this home. @throws CodedError TESTKIT_SETUP_FAILED where it exits non-zero */
  ward(...args: readonly string[]): Promise<string>;
  /** Stops it and removes the home. */
  stop(): Promise<void>;
  /** SIGKILL; the home stays, to be started again. */
  kill9(): Promise<void>;
}

/** Whether this checkout has a gateway to test. */
export function hasGateway(): boolean {
  return existsSync(CLI);
}

/**
 * Makes a home, writes its `ward.yaml`, adds the agents and runs `ward up` until it serves.
 * @throws CodedError TESTKIT_NO_GATEWAY, TESTKIT_SETUP_FAILED, TESTKIT_NOT_READY
 */
export async function startGateway(options: GatewayOptions): Promise<GatewayUnderTest> {
  if (!hasGateway()) {
    throw new CodedError<TestkitErrorCode>('TESTKIT_NO_GATEWAY', `there is no gateway to start: ${CLI} does not exist`);
  }
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'ward-test-')));
  const ward = (...args: readonly string[]): Promise<string> => runWard(home, args, options.env);
  const tokens: Record<string, string> = {};
  if (options.home === undefined) {
    await ward('init', '--json');
    await writeFile(join(home, 'ward.yaml'), `${JSON.stringify(configuration(options), undefined, 2)}\n`);
  }
  const gateway = await startProcess(
    {
      command: process.execPath,
      args: [CLI, 'up', '--home', home, '--json'],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.cpu === undefined ? {} : { cpu: options.cpu }),
    },
    readyLine,
  );
  // Agents are added to a running gateway; on a home that is used again they are there already.
  for (const agent of options.agents ?? []) {
    const added = JSON.parse(await ward('agents', 'add', agent, '--json')) as { token?: string };
    if (added.token !== undefined) tokens[agent] = added.token;
  }
  const token = (await readFile(join(home, 'agents', 'local.token'), 'utf8')).trim();
  const caFile = gateway.ready.ca;
  return {
    url: gateway.ready.url.replace(/\/+$/, ''),
    ca: await readFile(caFile, 'utf8'),
    caFile,
    token,
    tokens: { local: token, ...tokens },
    home,
    pid: gateway.pid,
    output: gateway.output,
    ward,
    stop: async () => {
      await gateway.stop();
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
    },
    kill9: gateway.kill9,
  };
}

/** JSON is YAML 1.2, so the file needs no YAML writer. */
function configuration({ servers, overrides }: GatewayOptions): object {
  return { version: 1, listen: { host: '127.0.0.1', port: 0 }, servers, ...overrides };
}

/**
 * A server that is a Node script of this repository, in a sandbox that lets it read the repository and the runtime.
 * @param script absolute path
 */
export function scriptServer(
  script: string,
  args: readonly string[] = [],
  settings: Readonly<Record<string, Json>> = {},
): ServerUnderTest {
  const runtime = dirname(dirname(process.execPath));
  return {
    command: process.execPath,
    args: [script, ...args],
    read: [REPOSITORY, runtime],
    pins: 'trust-on-first-use',
    ...settings,
  };
}

/** Limits that no test reaches: for what measures or checks something else. */
export const GENEROUS_LIMITS: Json = {
  tiers: {
    standard: { requests: 1_000_000, window: '1s', burst: 1_000_000 },
    strict: { requests: 1_000_000, window: '1s', burst: 1_000_000 },
    critical: { requests: 1_000_000, window: '1s', burst: 1_000_000 },
  },
  concurrency: 1_000,
};

function readyLine(line: string): { url: string; ca: string } | undefined {
  if (!line.startsWith('{')) return undefined;
  const { event, url, ca } = JSON.parse(line) as { event?: string; url?: string; ca?: string };
  return event === 'ready' && url !== undefined && ca !== undefined ? { url, ca } : undefined;
}

async function runWard(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> | undefined,
): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [CLI, ...args, '--home', home], {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new CodedError<TestkitErrorCode>('TESTKIT_SETUP_FAILED', `ward ${args.join(' ')}: ${stderr}`, { cause });
  }
}
