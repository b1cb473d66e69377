import { CodedError } from '@wardmesh/core';
import { scriptServer, startGateway } from '@wardmesh/testkit/gateway';
import { attempt, clientAttacks, startNaiveServer, type Target } from '@wardmesh/testkit/hostile-client';
import { type Attempt, judgeAttempt } from './attempt.ts';
import type { AttackErrorCode } from './error.ts';

const MAIN = new URL('../../testkit/src/hostile/main.ts', import.meta.url).pathname;
const TOOLS = { act: { class: 'read_only', outward: false } };

/**
 * Runs every hostile client against one gateway with its limits as shipped, and each against the naive server.
 * @throws CodedError ATTACK_NOTHING_WORKS where an honest call is refused: then a refusal would prove nothing
 */
export async function runClientAttacks(only: (id: string) => boolean): Promise<readonly Attempt[]> {
  if (!clientAttacks.some(({ id }) => only(id))) return [];
  const honest = scriptServer(MAIN, ['honest'], { timeout: '10s', labels: [], tools: TOOLS });
  const gateway = await startGateway({ servers: { honest }, agents: ['mallory', 'revoked', 'busy'] });
  try {
    await gateway.ward('agents', 'revoke', 'revoked');
    const target: Target = { url: `${gateway.url}/servers/honest/mcp`, ca: gateway.ca, tokens: gateway.tokens };
    const works = await attempt(target, () => {});
    if (!works.through) {
      const code: AttackErrorCode = 'ATTACK_NOTHING_WORKS';
      throw new CodedError(code, `an honest call is refused: ${works.observed}\n${gateway.output()}`);
    }
    const attempts: Attempt[] = [];
    // One after the other: later ones count on what earlier ones left of limits and lockout.
    for (const attack of clientAttacks.filter(({ id }) => only(id))) {
      const seen = await attack.run(target);
      const naive = await startNaiveServer();
      const control = await attack.run({ url: naive.url, tokens: gateway.tokens });
      await naive.close();
      attempts.push(judgeAttempt(attack, 'client', seen, control));
    }
    return attempts;
  } finally {
    await gateway.stop();
  }
}
