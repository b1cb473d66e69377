import type { Clock, Random } from '@wardmesh/core';
import {
  fileJournal,
  type KeyProvider,
  localFileProvider,
  type Rotation,
  type RotationPorts,
  type RotationProgress,
  Rotations,
  SecureBuffer,
  type WalletInfo,
} from '@wardmesh/vault';
import type { Answer, Network, Params } from '../authority-ports.ts';
import { signerError } from '../error.ts';
import type { SignerHome } from '../home/open-home.ts';
import { type Answered, assertSecrets, type CallContext, type Handlers } from '../serve/context.ts';
import { awaitOutcome } from './await-outcome.ts';
import type { CreationParts } from './create.ts';
import { signOwn } from './own-transaction.ts';

export interface RotateParts extends CreationParts {
  readonly home: Pick<SignerHome, 'files' | 'sealingKey'>;
  readonly clock: Clock;
  readonly random: Random;
}

type RotateRequest = Params<'wallet.rotate'>;

/**
 * The vault's journalled rotation with the signer's ports: journal in the vault's folder, consent from the authority,
 * the ledger through the operator's client. Goes on where the last call, or process, stopped.
 */
export function rotateHandlers(parts: RotateParts): Handlers<'wallet.rotate'> {
  const journals = new Map<Network, RotationPorts['journal']>();
  const journalOf = (network: Network): RotationPorts['journal'] => {
    let journal = journals.get(network);
    if (journal === undefined) {
      journal = fileJournal(parts.home.files, parts.home.sealingKey(`rotation_${network}`), network);
      journals.set(network, journal);
    }
    return journal;
  };
  const running = new Set<string>();
  return {
    'wallet.rotate': async (params, context) => {
      const info = parts.book.find(params.network, params.address);
      parts.book.assertUsable(info);
      if (running.has(info.walletId))
        throw signerError('SIGNER_BUSY', 'the wallet is being rotated', { retryAfter: 5 });
      running.add(info.walletId);
      const wasUnlocked = parts.book.view(info).unlocked;
      try {
        const keys = await opened(parts, info, context);
        return await rotate(parts, journalOf(params.network), info, params, context, keys);
      } finally {
        if (!wasUnlocked) {
          parts.book.keystore(info.network).lock(info.walletId);
          parts.providers.lock(info);
        }
        running.delete(info.walletId);
      }
    },
  };
}

/** Opens the place of the wallet's regular keys with the secrets that it takes. */
async function opened({ book, providers }: RotateParts, info: WalletInfo, context: CallContext): Promise<KeyProvider> {
  if (!providers.has(info)) {
    assertSecrets(context, 2);
    const [password] = context.secrets as [SecureBuffer];
    const keystore = book.keystore(info.network);
    await keystore.unlock(info.walletId, password);
    return localFileProvider(keystore, info.walletId, async () => SecureBuffer.from(password.getBuffer()));
  }
  if (info.keys.length > 0) {
    throw signerError('WALLET_STATE', 'the provider’s key does not sign yet', {
      hint: 'Secure the wallet first: ward wallet secure.',
    });
  }
  assertSecrets(context, providers.takesPin(info) ? 1 : 0);
  await providers.unlock(info, context.secrets[0]);
  return providers.port(info);
}

async function rotate(
  parts: RotateParts,
  journal: RotationPorts['journal'],
  info: WalletInfo,
  params: RotateRequest,
  context: CallContext,
  keys: KeyProvider,
): Promise<Answered<Answer<'wallet.rotate'>>> {
  const files: Uint8Array[] = [];
  const ports = portsOf(parts, journal, info, params, context, keys, files);
  const rotations = new Rotations(info.walletId, ports, parts.clock, parts.random);
  const { address: account, network } = info;
  const progress =
    (await rotations.resume()) ??
    (await rotations.start({
      account,
      reason: params.reason,
      ...(params.description !== null && { description: params.description }),
      createBackup: params.createBackup,
      force: params.force,
      algorithm:
        parts.book.keysOf(info).find(({ role, state }) => role === 'regular' && state === 'active')?.algorithm ??
        'ed25519',
    }));
  const { rotation } = progress;
  if (rotation.step === 'COMPLETED') {
    const details = {
      rotationId: rotation.rotationId,
      newKey: rotation.newKey?.address ?? null,
      reason: rotation.reason,
    };
    await parts.authority.record({ type: 'wallet.rotate', network, address: account, details });
    if (params.approvalId !== null) await parts.authority.fulfil(params.approvalId, account);
  }
  return { result: await describe(parts, progress), attachments: files };
}

function portsOf(
  { book, authority, clock }: RotateParts,
  journal: RotationPorts['journal'],
  info: WalletInfo,
  params: RotateRequest,
  context: CallContext,
  keys: KeyProvider,
  files: Uint8Array[],
): RotationPorts {
  const { network, address } = info;
  const keystore = book.keystore(network);
  const [password, backupPassword] = context.secrets as [SecureBuffer, SecureBuffer];
  return {
    journal: {
      load: (id) => journal.load(id),
      async save(id, log) {
        await journal.save(id, log);
        const step = log.current?.step ?? 'INITIATED';
        context.progress(step, `Rotation: ${step.toLowerCase().replaceAll('_', ' ')}.`);
      },
    },
    keys,
    approvals: {
      request: ({ rotationId, reason, newKey }) =>
        authority.requestRotation({
          rotationId,
          network,
          address,
          reason,
          newKey: newKey!,
          approvalId: params.approvalId,
        }),
      status: (approvalId) => authority.rotationStatus(approvalId),
    },
    ledger: {
      async prepareSetRegularKey(account, regularKey) {
        const { facts } = await context.ledger('ledger.facts', { network, address: account });
        const prepared = await signOwn(
          { book, authority },
          info,
          { TransactionType: 'SetRegularKey', RegularKey: regularKey },
          facts,
        );
        const details = { hash: prepared.hash, transaction: 'SetRegularKey', regularKey };
        await authority.record({ type: 'wallet.set_regular_key', network, address: account, details });
        return prepared;
      },
      submit: async ({ blob }) => {
        await context.ledger('ledger.submit', { network, blob });
      },
      outcome: async (transaction) => (await awaitOutcome(context.ledger, network, transaction, clock)).outcome,
      regularKey: async (account) =>
        (await context.ledger('ledger.facts', { network, address: account })).regularKey ?? undefined,
    },
    async backup(id) {
      const { bytes, checksum } = await keystore.backup(id, password, backupPassword);
      files.push(bytes);
      return checksum;
    },
  };
}

async function describe(
  { authority }: RotateParts,
  { rotation, waitingFor }: RotationProgress,
): Promise<Answer<'wallet.rotate'>> {
  return {
    status: statusOf(rotation, waitingFor),
    step: rotation.step,
    approval:
      waitingFor === 'approval'
        ? (await authority.answer('approval.status', { approvalId: rotation.approvalId!, facts: null })).approval
        : null,
    newPublicKey: rotation.newKey?.publicKey ?? null,
    transactionHash: rotation.transaction?.hash ?? null,
    rotatedAt: rotation.step === 'COMPLETED' ? rotation.updatedAt : null,
  };
}

function statusOf({ step }: Rotation, waitingFor: RotationProgress['waitingFor']): Answer<'wallet.rotate'>['status'] {
  if (step === 'COMPLETED') return 'rotated';
  if (step === 'ROLLED_BACK') return 'rolled_back';
  if (step === 'FAILED') return 'failed';
  return waitingFor === 'approval' ? 'pending_approval' : 'waiting';
}
