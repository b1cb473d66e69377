import type { Home } from '../home/open.ts';

/** The entry of a start: where the state stands, which policies are in force, what was mended. */
export async function recordStart(home: Home, policy: string): Promise<void> {
  const { closedIntents, droppedBytes } = home.recovery;
  await append(home, 'start', { policy, recovered: { closedIntents: closedIntents.length, droppedBytes } });
}

/** The entry of a clean stop; the next start compares the state with it. */
export async function recordStop(home: Home): Promise<void> {
  await append(home, 'stop', {});
}

async function append(home: Home, name: 'start' | 'stop', facts: Readonly<Record<string, unknown>>): Promise<void> {
  await home.audit.append({
    eventType: `system.${name}`,
    toolName: 'gateway',
    correlationId: name,
    actor: { type: 'system' },
    operation: { name, parameters: { state: await home.database.head(), ...facts }, result: 'success' },
  });
}
