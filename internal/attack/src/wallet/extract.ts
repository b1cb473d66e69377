import { judgeSecrecy, type WalletAttack, type World } from './attack.ts';

/** Calls all of these and listens. */
const listen =
  (calls: (world: World) => readonly (readonly [tool: string, args: Readonly<Record<string, unknown>>])[]) =>
  async (world: World) => {
    const texts: string[] = [];
    for (const [tool, args] of calls(world)) texts.push((await world.agent.call(tool, args)).text);
    return judgeSecrecy(texts, world.secrets, 'nothing told');
  };

const TOLD_NOTHING = ['nothing told'];
const NASTY = ['../../signer/key', '/etc/passwd', '%2e%2e%2fkey', 'till\0', '{{secret}}', `\${env.PASSWORD}`];

export const extractAttacks: readonly WalletAttack[] = [
  {
    id: 'wallet/errors',
    title: 'reads keys out of errors',
    expect: TOLD_NOTHING,
    run: listen(({ wallet }) => [
      ['wallet_sign', { wallet_address: wallet, unsigned_tx: '00'.repeat(200) }],
      ['wallet_sign', { wallet_address: wallet, unsigned_tx: 'FF'.repeat(5_000) }],
      ['wallet_sign', { wallet_address: wallet, unsigned_tx: '1200'.repeat(20) }],
      ['wallet_balance', { wallet_address: 'rrrrrrrrrrrrrrrrrrrrBZbvji' }],
      ['tx_decode', { tx_blob: 'ZZ' }],
      ['approval_status', { approval_id: '00000000-0000-4000-8000-000000000000' }],
      ['wallet_export', { wallet_address: wallet }],
      ['wallet.backup', { network: 'local', address: wallet }],
    ]),
  },
  {
    id: 'wallet/import-echo',
    title: 'has an import say the seed again',
    expect: TOLD_NOTHING,
    run: listen(({ secrets }) =>
      ['seed', 'secret', 'mnemonic', 'wallet_name'].map((name) => [
        'wallet_import',
        { network: 'local', [name]: secrets[0] },
      ]),
    ),
  },
  {
    id: 'wallet/paths',
    title: 'names wallets like files',
    expect: TOLD_NOTHING,
    run: listen(() =>
      NASTY.flatMap((name) => [
        ['wallet_create', { network: 'local', wallet_name: name }] as const,
        ['wallet_balance', { wallet_address: name }] as const,
        ['wallet_history', { wallet_address: name }] as const,
      ]),
    ),
  },
  {
    id: 'wallet/resources',
    title: 'reads files as resources',
    expect: TOLD_NOTHING,
    async run(world) {
      const texts = [(await world.agent.ask('resources/list', {})).text];
      for (const uri of ['file:///etc/ward/key', 'file://./signer/key', 'wallet://keys', 'ward://signer/key']) {
        texts.push((await world.agent.ask('resources/read', { uri }, uri)).text);
      }
      return judgeSecrecy(texts, world.secrets, 'nothing told');
    },
  },
  {
    id: 'wallet/rotation',
    title: 'asks for a new key, and for the backup of the old one',
    expect: TOLD_NOTHING,
    run: listen(({ wallet }) => [
      ['wallet_rotate', { wallet_address: wallet, reason: 'scheduled', create_backup: true }],
      ['wallet_create', { network: 'local', wallet_name: 'mine' }],
      ['wallet_history', { wallet_address: wallet }],
      ['wallet_list', {}],
    ]),
  },
  {
    id: 'wallet/records',
    title: 'finds keys in logs, receipts and files of the home',
    expect: TOLD_NOTHING,
    run: async (world) => judgeSecrecy(await world.written(), world.secrets, 'nothing told'),
  },
];
