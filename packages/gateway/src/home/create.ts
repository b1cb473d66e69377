import { join } from 'node:path';
import { vkeyOf } from '@wardmesh/audit';
import { type Clock, type Random, utf8 } from '@wardmesh/core';
import { DEFAULT_POLICY } from '@wardmesh/policy';
import { makeDirectorySecure, openDatabase, readFileSecure, writeFileSecure } from '@wardmesh/store';
import { Agents } from '../agents/agents.ts';
import { assertConfig, defaultConfig } from '../config/index.ts';
import { ensureTlsMaterial } from '../tls/index.ts';
import { nodeIdOf, originOf } from './identity.ts';
import { deriveHomeKeys, ensureMasterKey, readMasterKey } from './keys.ts';
import { HOME_FOLDERS, type HomePaths, homePaths } from './paths.ts';

export interface CreatedHome {
  readonly paths: HomePaths;
  /** What was made just now, relative to the home; empty where it all stood already. */
  readonly made: readonly string[];
}

/**
 * Makes a home, or what is missing of one: folders 0700, `ward.yaml`, policies, keys, TLS, the agent `local` with its
 * token. Never overwrites. The operator's own key is the command line's: the gateway holds none.
 */
export async function createHome(home: string, clock: Clock, random: Random): Promise<CreatedHome> {
  const paths = homePaths(home);
  const made: string[] = [];
  await makeDirectorySecure(home);
  for (const folder of HOME_FOLDERS) await makeDirectorySecure(join(home, folder));
  const write = async (path: string, text: string) => {
    if (await exists(path)) return;
    await writeFileSecure(path, utf8(text));
    made.push(path.slice(home.length + 1));
  };
  await write(paths.config, defaultConfig());
  await write(paths.defaultPolicy, DEFAULT_POLICY);
  if (await ensureMasterKey(paths.masterKey, random)) made.push('keys/master.key');
  const keys = deriveHomeKeys(await readMasterKey(paths.masterKey));
  await write(paths.logKey, `${vkeyOf(originOf(nodeIdOf(keys)), keys.auditSigning)}\n`);
  const config = assertConfig(paths.config);
  const tls = await ensureTlsMaterial({
    folder: paths.tls,
    hosts: [config.listen.host, ...config.listen.allowedHosts],
    clock,
    random,
    files: tlsFiles,
  });
  if (tls.made !== 'nothing') made.push('tls');
  if (!(await exists(paths.tokenFile('local')))) {
    const database = await openDatabase({ path: paths.state, key: keys.state, clock, random });
    try {
      const agents = await Agents.open(database.agents, clock, random);
      if (!agents.find('local')) {
        const token = await agents.add('local', { name: 'This machine', roles: ['agent'] });
        await write(paths.tokenFile('local'), `${token}\n`);
      }
    } finally {
      await database.close();
    }
  }
  return { paths, made };
}

export const tlsFiles = {
  async read(path: string): Promise<string | undefined> {
    return (await exists(path)) ? new TextDecoder().decode(await readFileSecure(path)) : undefined;
  },
  async write(path: string, text: string): Promise<void> {
    await writeFileSecure(path, utf8(text));
  },
};

async function exists(path: string): Promise<boolean> {
  try {
    await readFileSecure(path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'STORE_FILE_MISSING') return false;
    throw error;
  }
}
