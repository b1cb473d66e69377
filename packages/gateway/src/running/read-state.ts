import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { WalletsPort } from '../api/deps.ts';
import { isRemote } from '../config/index.ts';
import type { Gateway } from '../gateway.ts';
import type { GatewayState } from '../telemetry/state-metrics.ts';
import { VERSION } from '../version.ts';

/** How long a scrape waits for the signer, ms: Prometheus gives up on a scrape after ten seconds. */
const SIGNER_WAIT_MS = 2_000;
/** The file in which the log keeps its latest checkpoint (docs/storage.md). */
const CHECKPOINT = 'checkpoint';

/** What a scrape tells of a gateway. Whatever cannot be read is left out: that must not hide the rest. */
export async function readState(
  gateway: Gateway,
  people: () => number,
  wallets: WalletsPort | undefined,
): Promise<GatewayState> {
  const { home, services, catalogue } = gateway;
  const { audit } = home;
  const [pending, files, signer] = await Promise.all([
    services.approvals.list({ state: 'pending' }).then(
      (requests) => requests.length,
      () => 0,
    ),
    logFiles(home.paths.log),
    signerFacts(wallets),
  ]);
  return {
    version: VERSION,
    node: services.nodeId,
    startedAt: gateway.startedAt,
    serving: !gateway.draining,
    sessions: gateway.sessions.size,
    people: people(),
    callsInFlight: services.concurrency().total,
    approvalsPending: pending,
    policiesInForce: gateway.policyProblem === undefined,
    servers: catalogue.servers().map(({ id, settings, upstream, tools, comparison, book }) => ({
      id,
      status: upstream.status(),
      tools: tools.size,
      quarantined: comparison?.quarantined.length ?? 0,
      contained: isRemote(settings) || upstream.profile !== 'none',
      reviewed: book !== undefined,
    })),
    processes: gateway.beside.status(),
    audit: {
      writable: audit.state === 'open',
      entries: audit.size,
      bytes: files?.bytes,
      openIntents: audit.openIntents.length,
      verifiedAt: audit.verifiedAt,
      checkpointAt: files?.checkpointAt,
    },
    certificateExpires: gateway.tls?.notAfter,
    signer,
  };
}

/** A signer that hangs must not hold up a scrape. */
function signerFacts(wallets: WalletsPort | undefined): Promise<GatewayState['signer']> {
  if (wallets?.facts === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('silent'), SIGNER_WAIT_MS);
    wallets.facts!()
      .catch(() => 'silent' as const)
      .then((facts) => {
        clearTimeout(timer);
        resolve(facts);
      });
  });
}

async function logFiles(
  folder: string,
): Promise<{ readonly bytes: number; readonly checkpointAt: number | undefined } | undefined> {
  try {
    let bytes = 0;
    let checkpointAt: number | undefined;
    for (const name of await readdir(folder)) {
      // Segments are pruned and files replaced meanwhile: one that went is none.
      const facts = await stat(join(folder, name)).catch(() => undefined);
      if (facts?.isFile() !== true) continue;
      bytes += facts.size;
      if (name === CHECKPOINT) checkpointAt = facts.mtimeMs;
    }
    return { bytes, checkpointAt };
  } catch {
    return undefined;
  }
}
