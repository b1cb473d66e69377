import type { Capability } from '@wardmesh/sandbox';
import { type Finding, fail, ok, warn } from './finding.ts';

/** What must work for a sandboxed server to start at all; the rest makes containment stronger. */
const NEEDED = new Set(['platform', 'bubblewrap', 'userNamespaces', 'seccomp', 'start']);

export async function checkSandbox(): Promise<readonly Finding[]> {
  const { probe } = await import('@wardmesh/sandbox');
  const capabilities: readonly [string, Capability][] = Object.entries(await probe());
  return capabilities.map(([name, { ok: works, why, hint }]) => {
    const check = `sandbox ${name}`;
    if (works) return ok(check, why);
    const advice = hint ?? 'Servers are contained less strictly without it.';
    return NEEDED.has(name) ? fail(check, why, advice) : warn(check, why, advice);
  });
}

export function checkRuntime(): readonly Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const fits = major > 24 || (major === 24 && minor >= 7);
  const why = `Node ${process.versions.node}`;
  return [fits ? ok('runtime', why) : fail('runtime', why, 'Node 24.7 or newer is needed; ./ward brings it.')];
}
