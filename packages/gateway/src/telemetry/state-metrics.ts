import { Counter, Gauge, type Registry } from 'prom-client';
import type { SignerFacts } from '../api/deps.ts';
import type { ProcessStatus } from '../running/beside.ts';
import type { UpstreamStatus } from '../upstream/port.ts';

export const UPSTREAM_STATES = ['idle', 'ready', 'starting', 'backing-off', 'broken', 'closed'] as const;
export const PROCESS_STATES = ['starting', 'running', 'backing-off', 'broken', 'refused', 'stopped'] as const;

/** What is so now, as a scrape asks for it. Times are Unix ms; undefined is told as no series. */
export interface GatewayState {
  readonly version: string;
  readonly node: string;
  readonly startedAt: number;
  /** Whether calls are let in. */
  readonly serving: boolean;
  readonly sessions: number;
  readonly people: number;
  readonly callsInFlight: number;
  readonly approvalsPending: number;
  readonly policiesInForce: boolean;
  readonly servers: readonly {
    readonly id: string;
    readonly status: UpstreamStatus;
    readonly tools: number;
    readonly quarantined: number;
    readonly contained: boolean;
    readonly reviewed: boolean;
  }[];
  readonly processes: readonly ProcessStatus[];
  readonly audit: {
    readonly writable: boolean;
    readonly entries: number;
    readonly bytes: number | undefined;
    readonly openIntents: number;
    readonly verifiedAt: number | undefined;
    readonly checkpointAt: number | undefined;
  };
  readonly certificateExpires: number | undefined;
  /** `silent`: there is one and it does not answer. Undefined where there is none. */
  readonly signer: SignerFacts | 'silent' | undefined;
}

/** Reads the state once per scrape. What cannot be read is left out, and the rest is told. */
export function stateMetrics(registry: Registry, read: () => Promise<GatewayState>): () => Promise<void> {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const info = gauge('ward_info', 'Always 1; the version and the node', ['version', 'node']);
  const started = gauge('ward_start_timestamp_seconds', 'When the gateway was started');
  const serving = gauge('ward_serving', '1 where calls are let in, 0 while the gateway stops');
  const sessions = gauge('ward_sessions', 'Open sessions of MCP clients');
  const people = gauge('ward_console_sessions', 'People who are signed in to the console');
  const inFlight = gauge('ward_calls_in_flight', 'Calls that run now');
  const pending = gauge('ward_approvals_pending', 'Requests that wait for a person');
  const policies = gauge('ward_policies_in_force', '0 where the policies in the folder were refused');
  const upstreamState = gauge('ward_upstream_state', '1 for the state a server is in', ['server', 'state']);
  const upstreamProcesses = gauge('ward_upstream_processes', 'Processes of a server', ['server']);
  const restarts = gauge('ward_upstream_restarts', 'Restarts of the processes that a server has now', ['server']);
  const tools = gauge('ward_server_tools', 'Reviewed tools of a server', ['server']);
  const quarantined = gauge('ward_server_tools_quarantined', 'Tools held back because they changed', ['server']);
  const contained = gauge('ward_server_contained', '0 where a local server runs without a sandbox', ['server']);
  const reviewed = gauge('ward_server_reviewed', '0 where nobody has reviewed a server', ['server']);
  const processState = gauge('ward_process_state', '1 for the state of the signer and its like', ['process', 'state']);
  const processRestarts = gauge('ward_process_restarts', 'Times the signer and its like were started again', [
    'process',
  ]);
  const answers = gauge('ward_process_answers', '0 where the signer runs and does not answer', ['process']);
  const wallets = gauge('ward_wallets', 'Wallets of the signer');
  const unlocked = gauge('ward_wallets_unlocked', 'Wallets that agents can use now');
  const requests = gauge('ward_signer_requests_pending', 'Requests to the signer that wait for people');
  const keysDue = gauge('ward_wallet_keys_due', 'Keys of wallets whose rotation is due');
  const rotation = gauge(
    'ward_wallet_key_rotation_timestamp_seconds',
    'When the next key of a wallet is due; 0 for none',
  );
  const writable = gauge('ward_audit_writable', '0 where the audit log cannot be written, so that no call runs');
  const entries = gauge('ward_audit_entries', 'Entries of the audit log');
  const bytes = gauge('ward_audit_log_bytes', 'Size of the audit log on disk');
  const intents = gauge('ward_audit_open_intents', 'Actions that were begun and have no outcome yet');
  const verified = gauge(
    'ward_audit_verified_timestamp_seconds',
    'When the log was last verified whole and found good',
  );
  const checkpoint = gauge('ward_audit_checkpoint_timestamp_seconds', 'When a checkpoint was last stored');
  const certificate = gauge('ward_certificate_expiry_timestamp_seconds', 'When the certificate of the gateway ends');
  const memory = gauge('process_resident_memory_bytes', 'Resident memory of the gateway');
  const processor = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the gateway',
    registers: [registry],
  });
  let used = 0;

  return async () => {
    const { rss } = process.memoryUsage();
    memory.set(rss);
    const { user, system } = process.cpuUsage();
    processor.inc((user + system - used) / 1e6);
    used = user + system;
    const state = await read();
    const { audit } = state;
    info.set({ version: state.version, node: state.node }, 1);
    started.set(state.startedAt / 1_000);
    serving.set(bit(state.serving));
    sessions.set(state.sessions);
    people.set(state.people);
    inFlight.set(state.callsInFlight);
    pending.set(state.approvalsPending);
    policies.set(bit(state.policiesInForce));
    // Servers come and go: those of the last scrape are no longer true.
    for (const each of [upstreamState, upstreamProcesses, restarts, tools, quarantined, contained, reviewed])
      each.reset();
    for (const { id: server, status, ...facts } of state.servers) {
      for (const name of UPSTREAM_STATES) upstreamState.set({ server, state: name }, bit(status.state === name));
      upstreamProcesses.set({ server }, status.processes);
      restarts.set({ server }, status.restarts);
      tools.set({ server }, facts.tools);
      quarantined.set({ server }, facts.quarantined);
      contained.set({ server }, bit(facts.contained));
      reviewed.set({ server }, bit(facts.reviewed));
    }
    for (const each of [processState, processRestarts]) each.reset();
    for (const { name, ...status } of state.processes) {
      const label = name.replaceAll(' ', '_');
      for (const one of PROCESS_STATES) processState.set({ process: label, state: one }, bit(status.state === one));
      processRestarts.set({ process: label }, status.restarts);
    }
    answers.reset();
    const { signer } = state;
    if (signer !== undefined) answers.set({ process: 'signer' }, bit(signer !== 'silent'));
    // What a silent signer said last stays: it is the best there is.
    if (signer !== undefined && signer !== 'silent') {
      wallets.set(signer.wallets);
      unlocked.set(signer.unlocked);
      requests.set(signer.pending);
      keysDue.set(signer.keysDue);
      setTime(rotation, signer.nextRotation);
    }
    writable.set(bit(audit.writable));
    entries.set(audit.entries);
    if (audit.bytes !== undefined) bytes.set(audit.bytes);
    intents.set(audit.openIntents);
    setTime(verified, audit.verifiedAt);
    setTime(checkpoint, audit.checkpointAt);
    setTime(certificate, state.certificateExpires);
  };
}

function bit(is: boolean): 0 | 1 {
  return is ? 1 : 0;
}

/** 0 means never; prom-client tells a gauge without labels even where it was never set. */
function setTime(gauge: Gauge, time: number | undefined): void {
  gauge.set((time ?? 0) / 1_000);
}
