import type { SolanaWallet } from '@wardmesh/testkit/solana-wallet';
import type { Seen } from '../attempt.ts';
import { ask, judge, type PersonAttack, type Target } from './target.ts';

const REFUSED = ['IDENTITY_SIGN_IN_REFUSED'];
/** The identity point and a point of order 8 (RFC 8032 §5.1.7): public keys under which signatures can be made up. */
const SMALL_ORDER = ['4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM', '11111111111111111111111111111111'];

const made = new Map<string, string>();

/** A message of the gateway for this wallet, asked for once: what was refused is not used up, and requests are limited. */
async function challenge(target: Target, wallet: SolanaWallet): Promise<string> {
  const name = `${target.url} ${wallet.id}`;
  const message = made.get(name) ?? (await freshChallenge(target, wallet));
  made.set(name, message);
  return message;
}

async function freshChallenge(target: Target, wallet: SolanaWallet): Promise<string> {
  const { chain, address } = wallet;
  const { text } = await ask(target, 'POST', '/api/session/challenge', { body: { chain, address } });
  return (JSON.parse(text) as { message: string }).message;
}

async function signIn(target: Target, wallet: SolanaWallet, message: string, more: object = {}): Promise<Seen> {
  const { chain, address } = wallet;
  const body = { chain, address, message, signature: wallet.sign(message), ...more };
  return judge(await ask(target, 'POST', '/api/session', { body }));
}

/** The gateway's own message with something changed, signed anew by the right wallet: only what the message says is wrong. */
function changed(id: string, title: string, change: (message: string) => string): PersonAttack {
  return {
    id: `person/${id}`,
    title,
    expect: REFUSED,
    async run(target) {
      const message = await challenge(target, target.admin);
      return signIn(target, target.admin, change(message));
    },
  };
}

const shift = (message: string, line: string, milliseconds: number) =>
  message.replace(new RegExp(`(${line}: )(\\S+)`), (_, name: string, time: string) => {
    return name + new Date(Date.parse(time) + milliseconds).toISOString();
  });

export const signInAttacks: readonly PersonAttack[] = [
  {
    id: 'person/replayed',
    title: 'signs in a second time with one message',
    expect: REFUSED,
    async run(target) {
      const message = await freshChallenge(target, target.admin);
      await signIn(target, target.admin, message);
      return signIn(target, target.admin, message);
    },
  },
  {
    id: 'person/other-key',
    title: 'signs the admin’s message with a key of its own',
    expect: REFUSED,
    async run(target) {
      const message = await challenge(target, target.admin);
      return signIn(target, target.admin, message, { signature: target.stranger.sign(message) });
    },
  },
  {
    id: 'person/other-address',
    title: 'puts its own message under the admin’s address',
    expect: REFUSED,
    async run(target) {
      const message = await challenge(target, target.stranger);
      return signIn(target, target.stranger, message, { address: target.admin.address });
    },
  },
  {
    id: 'person/other-chain',
    title: 'hands in a message of one chain under another',
    expect: REFUSED,
    run: async (target) => signIn(target, target.admin, await challenge(target, target.admin), { chain: 'eip155:1' }),
  },
  {
    id: 'person/made-up',
    title: 'signs a message that the gateway never made',
    expect: REFUSED,
    async run(target) {
      const message = await challenge(target, target.admin);
      return signIn(
        target,
        target.admin,
        message.replace(/(Nonce: )(\w+)/, (_, name, nonce) => name + [...nonce].reverse().join('')),
      );
    },
  },
  {
    id: 'person/small-order',
    title: 'uses a public key of small order, whose signatures anybody can make up',
    expect: [...REFUSED, 'IDENTITY_CHALLENGE_INVALID'],
    async run(target) {
      let seen: Seen = { through: false, observed: 'nothing' };
      for (const address of SMALL_ORDER) {
        const message = (await challenge(target, target.admin)).replaceAll(target.admin.address, address);
        // R the identity, s zero: valid under a key of small order where the verifier does not look.
        const signature = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]).toString('base64');
        seen = await signIn(target, target.admin, message, { address, signature });
        if (seen.through) return seen;
      }
      return seen;
    },
  },
  changed('cross-domain', 'signs a message that names another site', (message) =>
    message.replace(/^[^ ]+/, 'evil.example').replace(/URI: \S+/, 'URI: https://evil.example/'),
  ),
  changed('spoofed-domain', 'signs a message whose domain only looks right', (message) =>
    message.replace('localhost', 'l\u043ecalhost'),
  ),
  changed('future', 'signs a message from tomorrow', (message) =>
    shift(shift(message, 'Issued At', 86_400_000), 'Expiration Time', 86_400_000),
  ),
  changed('prolonged', 'prolongs the life of a message by a year', (message) =>
    shift(message, 'Expiration Time', 31_536_000_000),
  ),
  changed('other-flow', 'signs a message made for an OAuth client', (message) =>
    message.replace('Request ID: console', 'Request ID: abcdefghij'),
  ),
  changed('added-line', 'adds a line to the message', (message) => `${message}\nResources:\n- https://evil.example/`),
  changed('hidden', 'hides a character in the statement', (message) => message.replace('Wardmesh', 'Ward\u200bmesh')),
];
