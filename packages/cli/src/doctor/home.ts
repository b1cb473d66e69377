import { X509Certificate } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { formatProblem, loadConfig } from '@wardmesh/gateway/config';
import type { Context } from '../context.ts';
import type { HomePaths } from '../home-paths.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { formatSize } from './size.ts';

const DAY_MS = 86_400_000;
/** Below this the log may stop, and with it every action: a day of heavy use writes about as much. */
const LITTLE_DISK = 1_073_741_824;
/** Clocks before this are certainly wrong: no release is older. */
const EARLIEST = Date.UTC(2026, 0, 1);

export function checkConfig(paths: HomePaths): readonly Finding[] {
  const loaded = loadConfig(paths.config);
  if (!loaded.ok) {
    return loaded.error.map((problem) =>
      fail('ward.yaml', formatProblem(problem), problem.hint ?? 'Correct the file.'),
    );
  }
  const servers = Object.entries(loaded.value.servers);
  const open = servers.filter(([, server]) => 'sandbox' in server && server.sandbox === 'none').map(([id]) => id);
  const findings = [ok('ward.yaml', `valid, ${servers.length} servers`)];
  if (open.length > 0)
    findings.push(
      warn('containment', `runs without sandbox: ${open.join(', ')}`, 'Remove sandbox: none unless you mean it.'),
    );
  return findings;
}

/** Everything in a home is its owner's alone (XR-FILE-2); the workspace's content is the user's own business. */
export function checkModes(paths: HomePaths): readonly Finding[] {
  const open: string[] = [];
  const visit = (path: string, depth: number): void => {
    const facts = lstatSync(path);
    if (facts.isSymbolicLink()) return;
    if ((facts.mode & 0o077) !== 0) open.push(path);
    if (facts.isDirectory() && depth < 3 && path !== paths.workspace) {
      for (const name of readdirSync(path)) visit(join(path, name), depth + 1);
    }
  };
  visit(paths.home, 0);
  if (open.length === 0) return [ok('modes', 'the home is closed to other users')];
  const shown = open.slice(0, 3).join(', ');
  return [
    fail(
      'modes',
      `open to other users: ${shown}${open.length > 3 ? ` and ${open.length - 3} more` : ''}`,
      `chmod -R go-rwx ${paths.home}`,
    ),
  ];
}

export function checkClock(context: Context, paths: HomePaths): readonly Finding[] {
  const now = context.clock.now();
  if (now < EARLIEST)
    return [
      fail('clock', `it says ${new Date(now).toISOString()}`, 'Set the clock: expiry and receipts depend on it.'),
    ];
  const newest = existsSync(paths.log)
    ? Math.max(0, ...readdirSync(paths.log).map((name) => lstatSync(join(paths.log, name)).mtimeMs))
    : 0;
  // Files from the future: the clock was set back since they were written.
  if (newest > now + 60_000)
    return [
      warn(
        'clock',
        `the log was written at ${new Date(newest).toISOString()}, later than now`,
        'Was the clock set back?',
      ),
    ];
  return [ok('clock', new Date(now).toISOString())];
}

export function checkDisk(paths: HomePaths): readonly Finding[] {
  const { bavail, bsize } = statfsSync(paths.home);
  const free = bavail * bsize;
  const why = `${formatSize(free)} free`;
  return [
    free < LITTLE_DISK ? warn('disk', why, 'Without room for the log nothing is done: make some.') : ok('disk', why),
  ];
}

export function checkCertificate(context: Context, paths: HomePaths): readonly Finding[] {
  if (!existsSync(paths.serverCertificate)) return [warn('certificate', 'there is none yet', 'ward up makes it.')];
  const certificate = new X509Certificate(readFileSync(paths.serverCertificate));
  const left = certificate.validToDate.getTime() - context.clock.now();
  const why = `valid until ${certificate.validToDate.toISOString()}`;
  if (left <= 0) return [fail('certificate', why, 'Restart ward up: it renews the certificate.')];
  return [
    left < 30 * DAY_MS
      ? warn('certificate', why, 'Restart ward up: it renews the certificate.')
      : ok('certificate', why),
  ];
}
