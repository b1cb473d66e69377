import type { RoleEventStore } from '@wardmesh/identity';
import type { Database } from '@wardmesh/store';

/** The changes of roles of one home, a sealed document each: `roles/0`, `roles/1` …. The home is this process's alone. */
export function roleEvents({ documents }: Pick<Database, 'documents'>): RoleEventStore {
  const keyOf = (sequence: number) => `roles/${sequence}`;
  return {
    async load(from) {
      const events: unknown[] = [];
      for (let sequence = from; ; sequence++) {
        const event = await documents.get(keyOf(sequence));
        if (event === undefined) return events;
        events.push(event);
      }
    },
    async append(sequence, signed) {
      if ((await documents.get(keyOf(sequence))) !== undefined) return false;
      await documents.put(keyOf(sequence), signed as never);
      return true;
    },
  };
}
