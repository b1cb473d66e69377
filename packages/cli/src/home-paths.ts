import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cliError } from './error.ts';

/** Where things are in a home. Kept here and not in the gateway, so that a command can find them without loading it. */
export function homePaths(home: string) {
  return {
    home,
    config: join(home, 'ward.yaml'),
    policies: join(home, 'policies'),
    defaultPolicy: join(home, 'policies', 'default.cedar'),
    workspace: join(home, 'workspace'),
    run: join(home, 'run'),
    controlSocket: join(home, 'run', 'control.sock'),
    tls: join(home, 'tls'),
    caFile: join(home, 'tls', 'ca.pem'),
    serverCertificate: join(home, 'tls', 'server.pem'),
    operator: join(home, 'operator'),
    operatorKey: join(home, 'operator', 'key.json'),
    approvers: join(home, 'operator', 'approvers.json'),
    /** Who signed in with `ward login`. */
    login: join(home, 'operator', 'login.json'),
    agents: join(home, 'agents'),
    tokenFile: (agent: string) => join(home, 'agents', `${agent}.token`),
    /** The signer's two doors: the operator's, which no sandbox is given, and the agents'. */
    signerOperatorSocket: join(home, 'signer', 'operator', 'operator.sock'),
    signerAgentSocket: join(home, 'signer', 'agent', 'agent.sock'),
    log: join(home, 'log'),
    logKey: join(home, 'log', 'key.vkey'),
  } as const;
}

export type HomePaths = ReturnType<typeof homePaths>;

/** The home a command works on: `--home`, else WARD_HOME, else `.ward` in the current folder. */
export function locateHome(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): string {
  return resolve(cwd, option || env.WARD_HOME || '.ward');
}

/** @throws CodedError HOME_MISSING */
export function assertHome(home: string): HomePaths {
  const paths = homePaths(home);
  if (existsSync(paths.config)) return paths;
  throw cliError('HOME_MISSING', `there is no Wardmesh home at ${home}`, {
    hint: 'Create one with ward init, or name another with --home DIR or WARD_HOME.',
  });
}
