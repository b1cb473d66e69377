import { type Keystore, NETWORKS, type SecureBuffer, type WalletInfo } from '@wardmesh/vault';
import type { Network } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import { assertSecrets, type Handlers } from '../serve/context.ts';
import type { CreationParts } from './create.ts';

type ManageMethod =
  | 'wallets.list'
  | 'wallet.unlock'
  | 'wallet.lock'
  | 'wallet.password'
  | 'wallet.backup'
  | 'wallet.archive'
  | 'wallet.unarchive'
  | 'wallet.delete'
  | 'wallet.revoke';

interface Ref {
  readonly network: Network;
  readonly address: string;
}

/** What a person does with a wallet that is there. Each act is in the signer's own log before its answer leaves. */
export function manageHandlers(
  { book, meta, authority, providers }: CreationParts,
  now: () => number,
): Handlers<ManageMethod> {
  const describe = (info: WalletInfo) => ({
    wallet: book.describe(info, authority.policyOf(info.network, info.address)),
  });
  const find = ({ network, address }: Ref): { info: WalletInfo; keystore: Keystore; id: string } => {
    const info = book.find(network, address);
    return { info, keystore: book.keystore(network), id: info.walletId };
  };
  const lock = (info: WalletInfo): void => {
    book.keystore(info.network).lock(info.walletId);
    providers.lock(info);
  };
  const record = (
    type: string,
    { network, address }: Ref,
    details: Record<string, string | number | boolean | null> = {},
  ) => authority.record({ type: `wallet.${type}`, network, address, details });
  return {
    'wallets.list': async ({ network }) => ({
      result: { wallets: book.infos(network).map((info) => describe(info).wallet) },
    }),
    'wallet.unlock': async (params, context) => {
      const { info, keystore, id } = find(params);
      book.assertUsable(info);
      // Until the wallet is secured its master key signs, and that is the vault's.
      const isElsewhere = book.view(info).keyElsewhere === true;
      assertSecrets(context, isElsewhere && !providers.takesPin(info) ? 0 : 1);
      const [secret] = context.secrets;
      if (isElsewhere) await providers.unlock(info, secret);
      else await keystore.unlock(id, secret!);
      try {
        await record('unlock', params);
      } catch (error) {
        lock(info);
        throw error;
      }
      return { result: describe(book.find(params.network, params.address)) };
    },
    'wallet.lock': async ({ network, address }) => {
      for (const info of address === null ? book.infos(network) : [book.find(network, address)]) lock(info);
      await authority.record({ type: 'wallet.lock', network, address, details: {} });
      return { result: {} };
    },
    'wallet.password': async (params, { secrets }) => {
      const { keystore, id } = find(params);
      await keystore.changePassword(id, secrets[0]!, secrets[1]!);
      await record('password', params);
      return { result: describe(keystore.get(id)) };
    },
    'wallet.backup': async (params, { secrets }) => {
      const { keystore, id } = find(params);
      const { checksum, createdAt, bytes } = await keystore.backup(id, secrets[0]!, secrets[1]!);
      await record('backup', params, { checksum });
      return { result: { checksum, createdAt, bytes: bytes.length }, attachments: [bytes] };
    },
    'wallet.archive': async (params) => {
      const { info, keystore, id } = find(params);
      lock(info);
      const archived = await keystore.archive(id);
      await record('archive', params);
      return { result: describe(archived) };
    },
    'wallet.unarchive': async (params, { secrets }) => {
      const { info, keystore, id } = find(params);
      book.assertNotRevoked(info);
      const active = await keystore.unarchive(id, secrets[0]!);
      await record('unarchive', params);
      return { result: describe(active) };
    },
    'wallet.delete': async (params, { secrets }) => {
      const { info, keystore, id } = find(params);
      const { address, withoutBackup } = params;
      if (providers.has(info) && !withoutBackup) {
        throw signerError('WALLET_STATE', 'the keys of this wallet are in a provider, and no backup holds them', {
          hint: 'Move its funds first. To destroy the keys all the same: --without-backup.',
        });
      }
      await keystore.delete(id, secrets[0] as SecureBuffer, { address, withoutBackup });
      const keysDestroyed = await providers.forget(info);
      await meta.remove(params.network, id);
      await record('delete', params, { withoutBackup, keysDestroyed });
      return { result: {} };
    },
    'wallet.revoke': async (params) => {
      const { info, keystore, id } = find(params);
      const { kind = 'agent', purpose = null, revoked } = meta.get(params.network, id) ?? {};
      lock(info);
      // The word is durable first: from here on nothing signs, whatever happens to the rest.
      const word = revoked ?? { at: now(), reason: params.reason };
      await meta.put(params.network, id, { kind, purpose, revoked: word });
      for (const { publicKey } of book.keysOf(info)) await meta.revokeKey(params.network, publicKey, word);
      const archived = await keystore.archive(id);
      const providerTold = await providers.revoke(info);
      await record('revoke', params, { reason: params.reason, ...(providers.has(info) && { providerTold }) });
      if (!providerTold) {
        throw signerError('WALLET_REVOKED', 'nothing signs here any more, but its provider could not be told', {
          hint: 'Revoke it again once the provider answers, or end its use there.',
        });
      }
      return { result: describe(archived) };
    },
  };
}

/** At the start of the process: a wallet that was revoked is archived, if the last process did not come so far. */
export async function resumeRevocations({ book, meta }: CreationParts): Promise<void> {
  for (const network of NETWORKS) {
    for (const { walletId, status } of book.infos(network)) {
      const isRevoked = (meta.get(network, walletId)?.revoked ?? null) !== null;
      if (isRevoked && status === 'active') await book.keystore(network).archive(walletId);
    }
  }
}
