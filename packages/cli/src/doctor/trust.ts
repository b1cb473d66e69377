import { existsSync } from 'node:fs';
import { isCoded } from '@wardmesh/core';
import type { Context } from '../context.ts';
import { ControlClient } from '../control-client.ts';
import type { Status } from '../control-types.ts';
import type { HomePaths } from '../home-paths.ts';
import { isSealed, readOperatorKey } from '../operator/key-file.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export async function checkOperatorKey(paths: HomePaths): Promise<readonly Finding[]> {
  if (!existsSync(paths.operatorKey)) {
    return [
      warn(
        'operator key',
        'there is none on this machine',
        'ward init makes one; without it nothing can be approved here.',
      ),
    ];
  }
  const key = await readOperatorKey(paths.operatorKey);
  if (isSealed(key)) return [ok('operator key', `${key.keyId} of ${key.by}, under a passphrase`)];
  return [
    warn(
      'operator key',
      `${key.keyId} of ${key.by} has no passphrase: who reads its file can approve calls`,
      `Move ${paths.operatorKey} and operator/approvers.json away and run ward init on a terminal.`,
    ),
  ];
}

export async function checkGateway(context: Context, paths: HomePaths): Promise<readonly Finding[]> {
  try {
    return ofStatus(await new ControlClient(paths.controlSocket).status());
  } catch (error) {
    if (!isCoded(error, 'GATEWAY_NOT_RUNNING')) throw error;
    return [
      warn('gateway', 'not running', 'ward up starts it; servers and their reviews are checked then.'),
      ...(await ofLog(context)),
    ];
  }
}

function ofStatus(status: Status): Finding[] {
  const { audit, servers } = status;
  const findings = [ok('gateway', `running at ${status.url}, process ${status.pid}`)];
  findings.push(
    audit.healthy
      ? ok('log', `${audit.size} entries`)
      : fail('log', 'it cannot be written, so nothing is done', 'Is the disk full or read-only? Then restart ward up.'),
  );
  for (const server of servers) findings.push(ofServer(server));
  return findings;
}

function ofServer(server: Status['servers'][number]): Finding {
  const check = `server ${server.id}`;
  if (server.state === 'broken')
    return fail(check, server.lastError ?? 'it ended too often', 'Its own output is in the log of ward up.');
  if (!server.reviewed)
    return warn(
      check,
      'its tools were never reviewed, so none can be called',
      `ward servers diff ${server.id}; ward servers pin ${server.id}`,
    );
  if (server.quarantined > 0)
    return warn(
      check,
      `${server.quarantined} tools changed since the review and are held back`,
      `ward servers diff ${server.id}`,
    );
  return ok(check, `${server.state}, ${server.tools} tools, sandbox ${server.sandbox}`);
}

/** The log itself, read and verified without opening the home. */
async function ofLog(context: Context): Promise<Finding[]> {
  const { AuditReader } = await import('@wardmesh/audit');
  const { logOf } = await import('../offline.ts');
  try {
    const report = await new AuditReader(await logOf(context)).verify();
    return [
      report.ok
        ? ok('log', `${report.entries} entries, verified`)
        : fail(
            'log',
            `damaged after entry ${report.entries}`,
            'Keep the folder as it is; ward audit verify says where, ward audit restore brings a backup back.',
          ),
    ];
  } catch (error) {
    if (isCoded(error, 'AUDIT_NOT_FOUND')) return [ok('log', 'empty')];
    throw error;
  }
}
