import { join } from 'node:path';

/** Where things are in a home. */
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
    keys: join(home, 'keys'),
    masterKey: join(home, 'keys', 'master.key'),
    operator: join(home, 'operator'),
    approvers: join(home, 'operator', 'approvers.json'),
    agents: join(home, 'agents'),
    tokenFile: (agent: string) => join(home, 'agents', `${agent}.token`),
    log: join(home, 'log'),
    logKey: join(home, 'log', 'key.vkey'),
    state: join(home, 'state.db'),
    /** What the signer lets servers with `signer: true` see of its folder. */
    signerAgent: join(home, 'signer', 'agent'),
  } as const;
}

export type HomePaths = ReturnType<typeof homePaths>;

/** Folders of a home; each 0700. */
export const HOME_FOLDERS = ['policies', 'workspace', 'run', 'tls', 'keys', 'operator', 'agents', 'log'] as const;
