import { isCoded } from '@wardmesh/core';
import { holdsSigner, loadConfig, type WardConfig, wantsSigner } from '@wardmesh/gateway/config';
import { ControlClient } from '../control-client.ts';
import type { ProcessStatus } from '../control-types.ts';
import type { HomePaths } from '../home-paths.ts';
import { processState } from '../process-lines.ts';
import { type SignerSummary, signerSummary, walletsLine } from '../signer-summary.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** The signer, its wallets and the local ledger, where ward.yaml asks for them. */
export async function checkWallets(paths: HomePaths): Promise<readonly Finding[]> {
  const loaded = loadConfig(paths.config);
  if (!loaded.ok || !wantsSigner(loaded.value)) return [];
  const processes = await processesOf(paths);
  const summary = await signerSummary(paths);
  return [
    ...(summary === undefined ? [ofMissing(processes)] : ofSigner(summary)),
    ...ofGrants(loaded.value),
    ...processes.filter(({ name }) => name !== 'signer').map(ofProcess),
  ];
}

/** What the running gateway says of the processes beside it; nothing where none runs. */
async function processesOf(paths: HomePaths): Promise<readonly ProcessStatus[]> {
  try {
    return (await new ControlClient(paths.controlSocket).status()).processes ?? [];
  } catch (error) {
    if (isCoded(error, 'GATEWAY_NOT_RUNNING')) return [];
    throw error;
  }
}

function ofMissing(processes: readonly ProcessStatus[]): Finding {
  const signer = processes.find(({ name }) => name === 'signer');
  return signer === undefined ? warn('signer', 'not running', 'ward up starts it.') : ofProcess(signer);
}

function ofProcess(process: ProcessStatus): Finding {
  const words = processState(process);
  if (process.state === 'running') return ok(process.name, words);
  const hint = process.error?.hint ?? 'The log of ward up says more.';
  return process.state === 'refused' || process.state === 'broken'
    ? fail(process.name, words, hint)
    : warn(process.name, words, hint);
}

/** What a provider needs on this machine before a wallet can use it. */
const HINTS: Readonly<Record<string, string>> = {
  pkcs11:
    'It needs its module (SoftHSM: apt-get install softhsm2), a token with a PIN (softhsm2-util --init-token), and the ' +
    'bridge: build-pkcs11.sh in the folder of @wardmesh/key-providers (needs g++).',
  'aws-kms': 'It needs the credentials file, mode 0600, and the network: docs/keys.md.',
};

function ofSigner(summary: SignerSummary): Finding[] {
  const { version, pid, sandbox, secureHeap, coreDumps, keys, providers } = summary;
  const due = keys.filter((key) => key.due);
  return [
    ok('signer', `${version}, process ${pid}, ${sandbox}`),
    secureHeap.total > 0
      ? ok('signer memory', `${secureHeap.used} of ${secureHeap.total} bytes of the secure heap in use`)
      : fail('signer memory', 'no secure heap: keys could be written to swap', 'ward up starts the signer with one.'),
    coreDumps === 'off'
      ? ok('signer dumps', 'off')
      : fail(
          'signer dumps',
          'a crash would write keys to a file',
          'Start the signer with ward up, which turns them off.',
        ),
    ok('wallets', walletsLine(summary)),
    ...providers.map(({ name, kind, statement }) =>
      statement === null
        ? warn(
            `provider ${name}`,
            `${kind}, and no wallet has tried it yet`,
            HINTS[kind] ?? 'ward wallet create --provider',
          )
        : ok(`provider ${name}`, `${kind}: ${statement}`),
    ),
    ...due.map((key) =>
      warn(
        'wallet key',
        `${key.address} on ${key.network}: its ${key.role} key is due for rotation`,
        `ward keys rotate ${key.address} --reason scheduled`,
      ),
    ),
  ];
}

/** A wallet server that may not reach the local ledger finds it silent. */
function ofGrants(config: WardConfig): Finding[] {
  const local = config.wallet?.local;
  if (!local || local.port === 0) return [];
  const reaches = Object.values(config.servers).some(
    (server) =>
      holdsSigner(server) &&
      'network' in server &&
      server.network !== 'none' &&
      server.network.some(({ host, port }) => host === '127.0.0.1' && port === local.port),
  );
  if (reaches) return [];
  return [
    warn(
      'local ledger',
      `no wallet server may reach 127.0.0.1:${local.port}`,
      `Add {host: 127.0.0.1, port: ${local.port}} to its network rules in ward.yaml, and the port to its --endpoint.`,
    ),
  ];
}
