import { secureHeapUsed } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';

/** What protects this process's memory and reach, as found, not as asked for. */
export interface HardeningFacts {
  /** Bytes of OpenSSL's secure heap; 0 where there is none. */
  readonly secureHeap: number;
  /**
   * Whether a crash can write memory to disk: the soft and the hard limit must be 0, and where the kernel pipes dumps to
   * a program, which the limit does not stop (core(5)), the dump must hold no memory.
   */
  readonly coreDumps: 'off' | 'on' | 'unknown';
  /** Whether Node's permission model is on, and refuses what it must. */
  readonly permissions: 'on' | 'off' | 'too wide';
  readonly inspector: 'off' | 'on';
  /** Whether SIGUSR1 starts the inspector. */
  readonly inspectorSignal: 'off' | 'on';
  /** Options that could write the heap, or change the process, from outside. */
  readonly foreignOptions: readonly string[];
  /** Bytes that the kernel will not swap, of the whole process; 0 where the limit is too low for the secure heap. */
  readonly lockedBytes: number;
}

/** Options that write memory to disk or let others in. */
const REFUSED_OPTIONS =
  /^--(?:inspect|heapsnapshot|heap-prof|cpu-prof|diagnostic-dir|report-|prof|abort-on-uncaught|allow-(?:addons|child|worker|wasi|inspector)|permission-audit|require|import$|import=|env-file|expose)/;

/** @param needsAddons whether a provider of keys needs native code: then, and only then, is that no fault */
export function readFacts(needsAddons = false): HardeningFacts {
  const isAsked = (option: string): boolean => needsAddons && option === '--allow-addons';
  return {
    secureHeap: secureHeapUsed().total,
    coreDumps: readCoreDumps(),
    permissions: readPermissions(needsAddons),
    inspector: inspectorUrl() === undefined ? 'off' : 'on',
    inspectorSignal: process.execArgv.includes('--disable-sigusr1') ? 'off' : 'on',
    foreignOptions: [
      ...process.execArgv
        .filter((option) => REFUSED_OPTIONS.test(option) && !isAsked(option))
        .map((option) => option.split('=')[0]!),
      ...(process.env.NODE_OPTIONS === undefined ? [] : ['NODE_OPTIONS']),
    ],
    lockedBytes: readLocked(),
  };
}

function readCoreDumps(): HardeningFacts['coreDumps'] {
  try {
    const found = /^Max core file size\s+(\S+)\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
    if (found === null) return 'unknown';
    if (found[1] !== '0' || found[2] !== '0') return 'on';
    const isPiped = readFileSync('/proc/sys/kernel/core_pattern', 'latin1').startsWith('|');
    return isPiped && Number.parseInt(readFileSync('/proc/self/coredump_filter', 'latin1'), 16) !== 0 ? 'on' : 'off';
  } catch {
    return 'unknown';
  }
}

function readPermissions(needsAddons: boolean): HardeningFacts['permissions'] {
  const permission = process.permission as { has(scope: string, reference?: string): boolean } | undefined;
  if (permission === undefined) return 'off';
  const refused = [
    ['child'],
    ['worker'],
    ['inspector'],
    ...(needsAddons ? [] : [['addon'] as const]),
    ['wasi'],
    ['fs.read', '/'],
    ['fs.read', '/etc/passwd'],
    ['fs.write', '/'],
  ] as const;
  return refused.some(([scope, path]) => permission.has(scope, path)) ? 'too wide' : 'on';
}

function readLocked(): number {
  try {
    const kilobytes = /^VmLck:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
    return Number(kilobytes ?? 0) * 1_024;
  } catch {
    return 0;
  }
}
