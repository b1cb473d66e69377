import { redactText } from '@wardmesh/core';
import type { SecureBuffer, WalletInfo } from '@wardmesh/vault';
import { inspectSecret } from '@wardmesh/vault';
import type { AuthorityService, Network, Wish } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { ProviderWallets } from '../providers/provider-wallets.ts';
import { assertSecrets, type Handlers } from '../serve/context.ts';
import type { WalletBook } from './book.ts';
import type { Creation, MetaStore } from './meta.ts';

export interface CreationParts {
  readonly book: WalletBook;
  readonly meta: MetaStore;
  readonly providers: ProviderWallets;
  readonly authority: AuthorityService;
}

type CreationMethod = 'wallet.create' | 'wallet.import' | 'wallet.restore' | 'secret.inspect';

/**
 * New wallets: made, imported, or restored. What is to be done is written down first, so that a process that dies
 * between the keys and their policy is finished by the next one, with the policy that was asked for (never a wider one).
 */
export function creationHandlers(parts: CreationParts): Handlers<CreationMethod> {
  const { book } = parts;
  const turns = new Map<Network, Promise<unknown>>();
  /** One creation a network at a time: its record has one place. */
  const make = async (
    network: Network,
    account: string | null,
    creation: Creation,
    work: () => Promise<WalletInfo>,
  ) => {
    const turn = (turns.get(network) ?? Promise.resolve()).then(() =>
      createWallet(parts, network, account, creation, work),
    );
    turns.set(
      network,
      turn.catch(() => undefined),
    );
    const info = await turn;
    return { result: { wallet: book.describe(info, parts.authority.policyOf(network, info.address)) } };
  };
  return {
    'wallet.create': async (params, context) => {
      const { network, name, algorithm, policy, kind, purpose, approvalId, provider } = params;
      const wish = await wishOf(parts.authority, approvalId, 'create', network);
      const creation = {
        how: 'create' as const,
        name,
        kind,
        purpose,
        policy: policy ?? wish?.policy ?? null,
        approvalId,
        provider,
      };
      const [password, pin] = context.secrets as [SecureBuffer, SecureBuffer | undefined];
      const master = { name, password, ...(algorithm !== null && { algorithm }) };
      if (provider === null) {
        assertSecrets(context, 1);
        return make(network, null, creation, () => book.keystore(network).create(master));
      }
      // Before anything is made: a wrong PIN leaves nothing behind.
      await parts.providers.logIn(provider, pin);
      try {
        const made = await make(network, null, creation, () =>
          book.keystore(network).create({ ...master, regularElsewhere: true }),
        );
        const { address } = made.result.wallet;
        await parts.providers.ensureKey(book.find(network, address), algorithm);
        const policyRef = parts.authority.policyOf(network, address);
        return { result: { wallet: book.describe(book.find(network, address), policyRef) } };
      } finally {
        await parts.providers.logOut(provider);
      }
    },
    'secret.inspect': async ({ algorithm }, { secrets }) => ({
      result: { candidates: candidates(secrets[0]!, algorithm) },
    }),
    'wallet.import': async ({ network, name, confirmedAddress, regularKeyOf, policy, approvalId }, { secrets }) => {
      const wish = await wishOf(parts.authority, approvalId, 'import', network);
      if (wish !== undefined && wish.address !== null && wish.address !== (regularKeyOf ?? confirmedAddress))
        throw mismatch();
      const creation = {
        how: 'import' as const,
        name,
        kind: 'agent' as const,
        purpose: null,
        policy: policy ?? wish?.policy ?? null,
        approvalId,
      };
      const [password, secret] = secrets as [SecureBuffer, SecureBuffer];
      return make(network, regularKeyOf ?? confirmedAddress, creation, () =>
        book
          .keystore(network)
          .import({ name, password, secret, confirmedAddress, ...(regularKeyOf !== null && { regularKeyOf }) }),
      );
    },
    'wallet.restore': async ({ network, name, confirmedAddress, policy }, { secrets }) => {
      const [file, backupPassword, password] = secrets as [SecureBuffer, SecureBuffer, SecureBuffer];
      const creation = {
        how: 'restore' as const,
        name,
        kind: 'agent' as const,
        purpose: null,
        policy,
        approvalId: null,
      };
      return make(network, confirmedAddress, creation, () =>
        book.keystore(network).restore({ bytes: file.getBuffer(), backupPassword, name, password, confirmedAddress }),
      );
    },
  };
}

async function createWallet(
  parts: CreationParts,
  network: Network,
  account: string | null,
  creation: Creation,
  work: () => Promise<WalletInfo>,
): Promise<WalletInfo> {
  const { book, meta, authority } = parts;
  if (redactText(creation.name) !== creation.name) {
    throw signerError('SIGNER_BAD_PARAMS', 'the name looks like a secret', {
      hint: 'Names are shown to agents and kept in the log.',
    });
  }
  authority.assertPolicy(network, creation.policy);
  if (book.infos(network).some(({ name }) => name === creation.name)) {
    throw signerError('WALLET_EXISTS', 'a wallet of this name is here already', { hint: 'Take another name.' });
  }
  if (account !== null) assertOneNetwork(book, network, account);
  // Again, now that it is its turn: of two commands for one wish, one makes a wallet.
  if (creation.approvalId !== null) await authority.wish(creation.approvalId);
  await meta.begin(network, creation);
  let info: WalletInfo;
  try {
    info = await work();
  } catch (error) {
    await meta.end(network);
    throw error;
  }
  await finishCreation(parts, info, creation);
  return info;
}

/** Networks whose transactions do not name them (XLS-37): what is signed for one, the others take as well. */
const NAMELESS: readonly Network[] = ['mainnet', 'testnet', 'devnet'];

/** What the policy of a test network lets pass must not move real money (W2). @throws WALLET_EXISTS */
function assertOneNetwork(book: WalletBook, network: Network, account: string): void {
  if (!NAMELESS.includes(network)) return;
  const other = NAMELESS.find(
    (each) => each !== network && book.infos(each).some(({ address }) => address === account),
  );
  if (other === undefined) return;
  throw signerError('WALLET_EXISTS', `this account is here on ${other} already`, {
    hint: `What is signed for one of ${NAMELESS.join(', ')} holds on all of them: use another account on ${network}.`,
  });
}

/** From the keys on. Each step done twice is done once. */
async function finishCreation(
  { book, meta, authority, providers }: CreationParts,
  info: WalletInfo,
  creation: Creation,
): Promise<void> {
  const { network, walletId, address } = info;
  // A key that was revoked stays so, whichever way it comes back.
  const revoked = info.keys.map(({ publicKey }) => meta.revokedKey(network, publicKey)).find((word) => word !== null);
  await meta.put(network, walletId, { kind: creation.kind, purpose: creation.purpose, revoked: revoked ?? null });
  if (creation.provider != null) await providers.adopt(info, creation.provider);
  const policy = await authority.adopt(book.view(info), creation.policy);
  const details = { name: creation.name, kind: creation.kind, policy: policy.hash };
  await authority.record({ type: `wallet.${creation.how}`, network, address, details });
  if (creation.approvalId !== null) await authority.fulfil(creation.approvalId, address);
  await meta.end(network);
}

/** At the start of the process: finishes the creation that the last one did not. */
export async function resumeCreations(parts: CreationParts, networks: readonly Network[]): Promise<void> {
  for (const network of networks) {
    const creation = await parts.meta.creation(network);
    if (creation === undefined) continue;
    const info = parts.book.infos(network).find(({ name }) => name === creation.name);
    if (info === undefined) await parts.meta.end(network);
    else await finishCreation(parts, info, creation);
  }
}

async function wishOf(
  authority: AuthorityService,
  approvalId: string | null,
  kind: Wish['kind'],
  network: Network,
): Promise<Wish | undefined> {
  if (approvalId === null) return undefined;
  const wish = await authority.wish(approvalId);
  if (wish.kind !== kind || wish.network !== network) throw mismatch();
  return wish;
}

function mismatch() {
  return signerError('WALLET_WISH_MISMATCH', 'the request is for something else', {
    hint: 'Look at it with ward approvals show.',
  });
}

function candidates(secret: SecureBuffer, algorithm: 'ed25519' | 'secp256k1' | null) {
  return inspectSecret(secret)
    .filter((candidate) => algorithm === null || candidate.algorithm === algorithm)
    .map(({ address, algorithm: found, family, isDetected }) => ({
      address,
      algorithm: found,
      family,
      note: isDetected ? null : 'Only if your wallet wrote this secret for the other algorithm: compare the address.',
    }));
}
