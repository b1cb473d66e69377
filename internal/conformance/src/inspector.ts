import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayUnderTest } from '@wardmesh/testkit/gateway';
import { endpoint, FIXTURE_SERVER } from './gateway-under-test.ts';

const INSPECTOR = new URL('../../../node_modules/.bin/mcp-inspector', import.meta.url).pathname;
const CLI = new URL('../../../packages/cli/src/main.ts', import.meta.url).pathname;
const TIMEOUT_MS = 60_000;

export interface InspectorCheck {
  readonly transport: 'http' | 'stdio';
  readonly method: string;
  readonly ok: boolean;
  /** Exit code, and the end of what it printed where it failed. */
  readonly detail: string;
}

/** What is asked of every target, and what the answer must contain. */
const ASKED = [
  { method: 'tools/list', args: ['--method', 'tools/list'], contains: 'test_simple_text' },
  {
    method: 'tools/call',
    args: ['--method', 'tools/call', '--tool-name', 'test_simple_text'],
    contains: 'This is a simple text response for testing.',
  },
] as const;

/** Runs the official Inspector's command line against a plaintext endpoint (the bare fixture). */
export function inspectUrl(url: string): Promise<readonly InspectorCheck[]> {
  return inspect('http', [url, '--transport', 'http'], {});
}

/** The same through the gateway: over HTTPS with its CA and a token, and over stdio through `ward connect`. */
export async function inspectGateway(gateway: GatewayUnderTest): Promise<readonly InspectorCheck[]> {
  const folder = await mkdtemp(join(tmpdir(), 'inspector-'));
  try {
    const config = join(folder, 'mcp.json');
    const args = [CLI, 'connect', '--server', FIXTURE_SERVER, '--home', gateway.home];
    await writeFile(
      config,
      JSON.stringify({ mcpServers: { ward: { type: 'stdio', command: process.execPath, args } } }),
    );
    return [
      ...(await inspect(
        'http',
        [endpoint(gateway), '--transport', 'http', '--header', `Authorization: Bearer ${gateway.token}`],
        { NODE_EXTRA_CA_CERTS: gateway.caFile },
      )),
      ...(await inspect('stdio', ['--config', config, '--server', 'ward'], {})),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function inspect(
  transport: 'http' | 'stdio',
  target: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<readonly InspectorCheck[]> {
  const checks: InspectorCheck[] = [];
  for (const { method, args, contains } of ASKED) {
    const { code, output } = await run(['--cli', ...target, ...args, '--format', 'json'], env);
    const ok = code === 0 && output.includes(contains);
    checks.push({ transport, method, ok, detail: ok ? 'exit 0' : `exit ${code}: ${output.slice(-500)}` });
  }
  return checks;
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 };
    execFile(process.execPath, [INSPECTOR, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, output: stdout + stderr });
    });
  });
}
