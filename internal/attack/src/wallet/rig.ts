import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type GatewayUnderTest, GENEROUS_LIMITS, startGateway } from '@wardmesh/testkit/gateway';
import { policyToJson, presetPolicy } from '@wardmesh/wallet';
import { type Agent, agentOf } from './agent.ts';

export const PASSWORD = 'Canary-Password-4471';
const BACKUP_PASSWORD = 'Canary-Backup-8812';

/** The one destination that the policy knows. */
export const KNOWN = 'rG31cLyErnqeVj2eomEjBZtq7PYaupGYzL';
/** What a day may spend without a person, XRP, and what one transaction may. */
export const DAILY_XRP = 1_000;
export const SINGLE_XRP = 100;

/** Agents that attack in turn: each may have so many requests waiting, and no more. */
export const ATTACKERS = 6;

/** The policy of mainnet, on the local ledger, with one known destination: strangers need people. */
const { ledger: _, ...mainnet } = presetPolicy('mainnet');
const POLICY = policyToJson({
  ...mainnet,
  ...{ id: 'attacked', network: 'local', ledger: presetPolicy('local').ledger },
  destinations: { ...mainnet.destinations, allow: [KNOWN as never] },
  cosign: { ...mainnet.cosign, quorum: 1 },
  // Counts are not what is attacked here.
  limits: { ...mainnet.limits, perHour: 1_000, perDay: 10_000 },
});

/** A gateway with the wallet, its signer and its ledger, as `ward up` runs them, and agents with tokens of their own. */
export interface WalletRig {
  readonly gateway: GatewayUnderTest;
  readonly ledgerUrl: string;
  /** From the ledger's faucet. */
  fund(account: string, xrp: number): Promise<void>;
  /** The nth attacker, or another agent who does not attack. */
  agent(name: number | 'bystander'): Agent;
  /** A funded wallet, made and unlocked by the operator, with a policy as strict as mainnet's. */
  createWallet(name: string): Promise<string>;
  /** The same of a seed that is known here, so that it can be looked for. */
  importWallet(name: string, seed: string, address: string): Promise<void>;
  approve(approvalId: string): Promise<void>;
  /** What the processes wrote: their output, and every file of the home but the operator's own secrets. */
  written(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startWalletRig(): Promise<WalletRig> {
  const port = await freePort();
  const gateway = await startGateway({
    servers: {
      wallet: {
        package: '@wardmesh/wallet-mcp',
        args: ['--network', 'local', '--endpoint', `local=ws://127.0.0.1:${port}`],
        signer: true,
        network: [{ host: '127.0.0.1', port }],
        labels: [],
        pins: 'trust-on-first-use',
        tools: {},
      } as never,
    },
    overrides: {
      wallet: { network: 'local', local: { port, closeEvery: '200ms' } },
      // Rate limits are another attack's matter: here the wallet alone must hold.
      limits: GENEROUS_LIMITS,
    },
    agents: [...Array(ATTACKERS).keys()].map((n) => `mallory-${n}`).concat('bystander'),
  });
  const passwordFile = join(gateway.home, 'canary-password');
  const backupFile = join(gateway.home, 'canary-backup-password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  await writeFile(backupFile, BACKUP_PASSWORD, { mode: 0o600 });
  const policyFile = join(gateway.home, 'policy.json');
  await writeFile(policyFile, JSON.stringify(POLICY), { mode: 0o600 });
  const passwords = ['--policy', policyFile, '--password-file', passwordFile, '--backup-password-file', backupFile];
  const fund = async (destination: string, amount: number): Promise<void> => {
    const paid = await fetch(`http://127.0.0.1:${port}/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ destination, amount }),
    });
    if (!paid.ok) throw new Error(`the faucet of the local ledger answered ${paid.status}`);
  };
  return {
    gateway,
    fund,
    ledgerUrl: `ws://127.0.0.1:${port}`,
    agent: (name) => agentOf(gateway, gateway.tokens[name === 'bystander' ? name : `mallory-${name % ATTACKERS}`]!),
    async createWallet(name) {
      const file = join(gateway.home, `${name}.backup.json`);
      const options = ['--network', 'local', '--name', name, '--backup-file', file, '--fund', '--json'];
      const made = JSON.parse(await gateway.ward('wallet', 'create', ...options, ...passwords));
      return String(made.wallet.address);
    },
    async importWallet(name, seed, address) {
      await fund(address, 1_000);
      const seedFile = join(gateway.home, 'canary-seed');
      const file = join(gateway.home, `${name}.backup.json`);
      await writeFile(seedFile, seed, { mode: 0o600 });
      const options = ['--network', 'local', '--name', name, '--address', address, '--secret-file', seedFile];
      await gateway.ward('wallet', 'import', ...options, '--backup-file', file, '--json', ...passwords);
    },
    approve: async (approvalId) => void (await gateway.ward('approvals', 'approve', approvalId, '--yes', '--json')),
    async written() {
      const files = await readdir(gateway.home, { recursive: true, withFileTypes: true });
      const paths = files
        .filter((file) => file.isFile() && !file.name.startsWith('canary-'))
        .map((file) => join(file.parentPath, file.name));
      const texts = await Promise.all(paths.map(async (path) => (await readFile(path)).toString('latin1')));
      return [gateway.output(), ...texts];
    },
    stop: () => gateway.stop(),
  };
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
