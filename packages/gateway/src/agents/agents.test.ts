import { systemClock, systemRandom } from '@wardmesh/core';
import { describe, expect, it } from 'vitest';
import { type AgentRecord, Agents } from './agents.ts';

function open(records: AgentRecord[] = []) {
  return Agents.open(
    {
      list: async () => records,
      add: async (agent) => void records.push(agent),
      revoke: async () => true,
    },
    systemClock,
    systemRandom,
  );
}

describe('agents', () => {
  it('shows a token once and keeps its hash only', async () => {
    const records: AgentRecord[] = [];
    const agents = await open(records);
    const token = await agents.add('alice');
    expect(agents.authenticate(token)?.id).toBe('alice');
    expect(JSON.stringify(records)).not.toContain(token);
    expect(agents.claimedBy(token)).toBe('alice');
  });

  it('takes back a token for the next call, and never gives the id anew', async () => {
    const agents = await open();
    const token = await agents.add('alice');
    await agents.revoke('alice');
    expect(agents.authenticate(token)).toBeUndefined();
    await expect(agents.add('alice')).rejects.toMatchObject({ code: 'AGENT_EXISTS' });
  });

  it.each(['wardmesh', 'Alice', '', 'a'.repeat(33), '__proto__', 'a/b'])('refuses the id %j', async (id) => {
    const agents = await open();
    await expect(agents.add(id)).rejects.toMatchObject({ code: 'AGENT_ID_INVALID' });
  });
});
