import { attempt, draft, judge, newMarker, setHeader, toBytes } from './call.ts';
import type { ClientAttack, Target } from './target.ts';
import { codeOf, send } from './wire.ts';

const REFUSED = ['AUTHENTICATION_REQUIRED', 'LOCKED_OUT'];

const presenting = (
  id: string,
  title: string,
  authorization: (target: Target) => string | undefined,
): ClientAttack => ({
  id,
  title,
  run: (target) => attempt(target, (call) => setHeader(call, 'Authorization', authorization(target))),
  expect: REFUSED,
});

/** Tokens that are none. Those that only fail come last: five failures lock the agent they claim to be. */
export const credentialAttacks: readonly ClientAttack[] = [
  presenting('no-token', 'sends no token', () => undefined),
  presenting('unknown-token', 'sends a token that was never issued', () => `Bearer ward_nobody_${'A'.repeat(43)}`),
  presenting(
    'bent-token',
    'changes the last character of a token',
    ({ tokens }) => `Bearer ${bend(tokens.mallory ?? 'x')}`,
  ),
  presenting('revoked-token', 'sends a token that was revoked', ({ tokens }) => `Bearer ${tokens.revoked ?? ''}`),
  presenting('basic-token', 'sends a token as a password', ({ tokens }) => {
    return `Basic ${Buffer.from(`local:${tokens.local ?? ''}`).toString('base64')}`;
  }),
  {
    id: 'token-in-query',
    title: 'sends its token in the address',
    run: (target) =>
      attempt(target, (call) => {
        setHeader(call, 'Authorization', undefined);
        call.path += `?access_token=${target.tokens.local ?? ''}`;
      }),
    expect: [...REFUSED, 'ROUTE_UNKNOWN'],
  },
  {
    id: 'brute-force',
    title: 'tries ten tokens for one agent',
    async run(target) {
      let reply = { through: false, observed: '' };
      for (let tried = 0; tried < 10; tried++) {
        const guess = `ward_guessed_${String(tried).padStart(43, 'A')}`;
        reply = await attempt(target, (call) => setHeader(call, 'Authorization', `Bearer ${guess}`));
      }
      return reply;
    },
    expect: ['LOCKED_OUT'],
  },
  {
    id: 'rate-flood',
    title: 'makes 150 calls as fast as it can',
    async run(target) {
      const marker = newMarker();
      const bytes = toBytes(draft(target, marker, 'busy'));
      const observed = new Map<string, number>();
      let carriedOut = 0;
      for (let sent = 0; sent < 150; sent++) {
        const reply = await send(target, bytes);
        if (judge(reply, marker).through) carriedOut += 1;
        else observed.set(codeOf(reply), (observed.get(codeOf(reply)) ?? 0) + 1);
      }
      const through = carriedOut > 120;
      return { through, observed: through ? `${carriedOut} calls carried out` : [...observed.keys()].join(', ') };
    },
    expect: ['RATE_LIMITED'],
  },
];

/** The same token with its last character changed. */
function bend(token: string): string {
  return `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
}
