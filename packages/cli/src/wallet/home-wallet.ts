import { readFileSync } from 'node:fs';
import { isCoded } from '@wardmesh/core';
import type { WalletSettings } from '@wardmesh/gateway/config';
import type { Network } from '@wardmesh/wallet';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import { cliError } from '../error.ts';
import { homePaths } from '../home-paths.ts';

/** The wallet section of the home's ward.yaml; undefined without one, or without a ward.yaml. @throws CodedError INPUT_INVALID */
async function walletSettings(context: Context): Promise<WalletSettings | undefined> {
  const { config } = homePaths(context.home);
  let text: string;
  try {
    text = readFileSync(config, 'utf8');
  } catch (error) {
    // A signer may run alone, without a gateway.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { parseConfig } = await import('@wardmesh/gateway/config');
  const parsed = parseConfig(text, config);
  if (parsed.ok) return parsed.value.wallet;
  throw cliError('INPUT_INVALID', `${config} is not valid`, { hint: 'Correct it first: ward up says where.' });
}

/** The network that is meant where none is named. */
export async function homeNetwork(context: Context): Promise<Network> {
  return (await walletSettings(context))?.network ?? 'testnet';
}

/** Nodes of a network that ward.yaml names, or that `ward up` runs; empty where there are none. */
export async function homeEndpoints(context: Context, network: Network): Promise<readonly string[]> {
  const settings = await walletSettings(context);
  const named = settings?.endpoints[network];
  if (named !== undefined) return named;
  if (network !== 'local' || !settings?.local) return [];
  const { port } = settings.local;
  return port === 0 ? runningLedger(context) : [`ws://127.0.0.1:${port}`];
}

/** Where the local ledger took a free port, the gateway that runs it knows which. */
async function runningLedger(context: Context): Promise<readonly string[]> {
  try {
    const { processes = [] } = await new ControlClient(homePaths(context.home).controlSocket).status();
    const address = processes.find((process) => process.name === 'local ledger')?.address;
    return address === undefined ? [] : [address];
  } catch (error) {
    if (isCoded(error, 'GATEWAY_NOT_RUNNING')) return [];
    throw error;
  }
}
