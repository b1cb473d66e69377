import type { AuditReader } from '@wardmesh/audit';
import { isCoded } from '@wardmesh/core';
import type { Home } from '@wardmesh/gateway';
import type { Context } from './context.ts';
import { ControlClient } from './control-client.ts';
import { assertHome } from './home-paths.ts';

/**
 * Asks the running gateway; where none runs, opens the home in this process. Opening locks it, so the two never meet.
 * @throws CodedError of the gateway, of the home, HOME_MISSING
 */
export async function onlineOrHome<T>(
  context: Context,
  online: (control: ControlClient) => Promise<T>,
  offline: (home: Home) => Promise<T>,
): Promise<T> {
  const paths = assertHome(context.home);
  try {
    return await online(new ControlClient(paths.controlSocket));
  } catch (error) {
    if (!isCoded(error, 'GATEWAY_NOT_RUNNING')) throw error;
  }
  const { openHome } = await import('@wardmesh/gateway');
  const home = await openHome({ home: context.home, clock: context.clock, random: context.random });
  try {
    return await offline(home);
  } finally {
    await home.close();
  }
}

/** What the gateway would have written of an operator's act, where the act was done without it. */
export async function recordOffline(
  home: Home,
  eventType: 'agent.add' | 'agent.revoke',
  parameters: Readonly<Record<string, unknown>>,
): Promise<void> {
  await home.audit.append({
    eventType,
    toolName: 'ward',
    correlationId: eventType,
    actor: { type: 'user' },
    operation: { name: eventType, parameters, result: 'success' },
  });
}

/**
 * Asks the running gateway; where none runs, reads the log without opening the home: it works on a damaged log, and
 * changes nothing.
 */
export async function onlineOrReader<T>(
  context: Context,
  online: (control: ControlClient) => Promise<T>,
  offline: (reader: AuditReader) => Promise<T>,
): Promise<T> {
  const paths = assertHome(context.home);
  try {
    return await online(new ControlClient(paths.controlSocket));
  } catch (error) {
    if (!isCoded(error, 'GATEWAY_NOT_RUNNING')) throw error;
  }
  const { AuditReader } = await import('@wardmesh/audit');
  return offline(new AuditReader(await logOf(context)));
}

/** Where and under which keys the home's log is. */
export async function logOf(context: Context) {
  const { deriveHomeKeys, homePaths, nodeIdOf, originOf, readMasterKey } = await import('@wardmesh/gateway');
  const { FolderLogStorage } = await import('@wardmesh/store');
  const paths = homePaths(context.home);
  const keys = deriveHomeKeys(await readMasterKey(paths.masterKey));
  return {
    storage: await FolderLogStorage.open(paths.log),
    keys: { hmac: keys.auditHmac, seal: keys.auditSeal, signing: keys.auditSigning },
    origin: originOf(nodeIdOf(keys)),
    backupKey: keys.backup,
  };
}
