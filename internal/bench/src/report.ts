import type { LayerShares } from './layers.ts';
import { type Row, ratio } from './rounds.ts';
import type { WalletBench } from './wallet.ts';

export interface BenchReport {
  readonly node: string;
  readonly pinned: boolean;
  readonly rows: readonly Row[];
  readonly layers?: LayerShares;
  /** Resident memory of the gateway before the first and after the last call, MiB. */
  readonly memory?: { readonly before: number; readonly after: number };
  /** What the other benchmarks of this repository returned, where they exist. */
  readonly audit?: unknown;
  readonly sandboxStart?: unknown;
  readonly wallet?: WalletBench;
  readonly identity?: unknown;
  /** Targets that could not be started, with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** What is set beside what: the numerator, the denominator, and what it answers. */
const RATIOS = [
  ['ward over http', 'bare http', 'of the bare server'],
  ['ward over http', 'sdk pair', 'of the SDK pair'],
  ['ward over stdio', 'mcp-proxy', 'of mcp-proxy'],
  ['ward over stdio', 'supergateway', 'of supergateway'],
] as const;

/** The report for people. */
export function render(report: BenchReport): string {
  const lines = [`node ${report.node}, processors ${report.pinned ? 'pinned' : 'not pinned'}`, ''];
  lines.push(row('target', 'clients', 'calls/s', 'p50 ms', 'p99 ms', 'errors'));
  for (const { target, clients, callsPerSecond, p50, p99, errors } of report.rows) {
    lines.push(row(target, clients, callsPerSecond.toFixed(0), p50.toFixed(3), p99.toFixed(3), errors));
  }
  for (const { target, clients, firstError } of report.rows) {
    if (firstError !== undefined) lines.push(`  ${target} @${clients}: ${firstError}`);
  }
  lines.push('');
  for (const [target, base, means] of RATIOS) {
    const values = [1, 16, 64].map((clients) => ratio(report.rows, target, base, clients));
    if (values.some((value) => value !== undefined)) {
      lines.push(
        `${target}, × ${means}, at 1/16/64 clients: ${values.map((value) => value?.toFixed(2) ?? '–').join(' / ')}`,
      );
    }
  }
  if (report.layers) {
    lines.push('', 'time in each layer, mean microseconds a call');
    for (const [layer, time] of Object.entries(report.layers))
      lines.push(`  ${layer.padEnd(14)}${time.toFixed(1).padStart(9)}`);
  }
  if (report.memory) {
    lines.push('', `gateway memory: ${report.memory.before} MiB before, ${report.memory.after} MiB after`);
  }
  for (const [title, value] of [
    ['audit', report.audit],
    ['sandbox start', report.sandboxStart],
    ['identity, median microseconds a call', report.identity],
  ] as const) {
    if (value !== undefined) lines.push('', title, JSON.stringify(value, undefined, 2));
  }
  if (report.wallet) lines.push('', ...renderWallet(report.wallet));
  for (const [target, reason] of Object.entries(report.missing)) lines.push('', `not measured: ${target}: ${reason}`);
  return `${lines.join('\n')}\n`;
}

function renderWallet(wallet: WalletBench): string[] {
  const { sign, concurrent, overspend } = wallet;
  const times = ({ p50, p99 }: { p50: number; p99: number }) => `p50 ${p50} ms, p99 ${p99} ms`;
  return [
    'wallet',
    `  decisions a second: ${wallet.decisionsPerSecond} (${wallet.readAndDecidePerSecond} with reading the bytes)`,
    `  bare signature: ${times(sign.bare)}`,
    `  sign.request: ${times(sign.disk)}; × ${sign.ratio} of the bare one`,
    ...(sign.memory === null ? [] : [`  sign.request without a disk: ${times(sign.memory)}`]),
    `  64 at a time: ${concurrent.signaturesPerSecond} a second, × ${concurrent.ofBare} of the bare one`,
    `  overspend: ${overspend.attempts} attempts, ${overspend.signed} signed, ${overspend.spentDrops} of ${overspend.allowedDrops} drops, over by ${overspend.overspentDrops}`,
  ];
}

function row(target: string, ...cells: readonly (string | number)[]): string {
  return target.padEnd(18) + cells.map((cell) => String(cell).padStart(10)).join('');
}
