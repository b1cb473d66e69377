/**
 * Runs where the folder in its argument is a small disk of its own: opens a signer on it, fills the disk, and says what
 * each act came to, one line of JSON each.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@wardmesh/core';
import { SignerClient } from '../client/index.ts';
import { readFacts } from '../harden/facts.ts';
import { openAuthority } from '../serve/open-authority.ts';
import { openSigner } from '../serve/signer.ts';

const [, , home = ''] = process.argv;
const secret = (text: string): Uint8Array => new TextEncoder().encode(text);
const PASSWORD = 'Correct horse 9';
const wish = {
  network: 'local',
  algorithm: null,
  policy: null,
  kind: 'agent',
  purpose: null,
  approvalId: null,
} as const;

const open = () =>
  openSigner({
    folder: join(home, 'signer'),
    approversFile: join(home, 'approvers.json'),
    clock: systemClock,
    random: systemRandom,
    facts: readFacts(),
    contained: 'none',
    log: () => undefined,
    authority: openAuthority,
  });
const say = async (act: string, work: Promise<unknown>): Promise<void> => {
  const outcome = await work.then(
    () => 'done',
    ({ code, message }: { code?: string; message: string }) => code ?? message,
  );
  process.stdout.write(`${JSON.stringify({ act, outcome })}\n`);
};
const fill = (): void => {
  try {
    for (let size = 65_536, i = 0; size >= 1; i++) {
      try {
        writeFileSync(join(home, `fill-${i}`), new Uint8Array(size));
      } catch {
        size = Math.floor(size / 4);
      }
    }
  } catch {
    // Full.
  }
};

const signer = await open();
const client = await SignerClient.connect({ socket: signer.operatorSocket });
const create = (name: string) => client.request('wallet.create', { ...wish, name }, [secret(PASSWORD)]);
const { address } = (await create('first')).result.wallet;
const ref = { network: 'local', address } as const;
fill();
await say('create on a full disk', create('second'));
// What was allocated before still takes a few entries of the log: as many as fit are unlocked and locked again.
const unlockUntilRefused = async (): Promise<void> => {
  for (let i = 0; i < 40; i++) {
    await client.request('wallet.unlock', ref, [secret(PASSWORD)]);
    await client.request('wallet.lock', { network: 'local', address: null }).catch(() => undefined);
  }
};
await say('unlock on a full disk', unlockUntilRefused());
await say(
  'password on a full disk',
  client.request('wallet.password', ref, [secret(PASSWORD), secret('Next password 77')]),
);
const { wallets } = (await client.request('wallets.list', { network: null })).result;
await say(
  `wallets ${wallets.map(({ name, unlocked }) => `${name} ${unlocked ? 'open' : 'locked'}`).join()}`,
  Promise.resolve(),
);
for (let i = 0; i < 2_000; i++) rmSync(join(home, `fill-${i}`), { force: true });
await say('create with room', create('third'));
await client.close();
await signer.close();
const again = await open();
const next = await SignerClient.connect({ socket: again.operatorSocket });
await say('unlock after a restart', next.request('wallet.unlock', ref, [secret(PASSWORD)]));
const after = (await next.request('wallets.list', { network: null })).result.wallets.map(({ name }) => name).sort();
await say(`wallets ${after.join()}`, Promise.resolve());
await next.close();
await again.close();
process.exit(0);
